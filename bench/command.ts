/** Absolute path of the checkout. */
export const ROOT = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

/** Flags of every Deno process that is measured, ours and bare ones alike. */
export const DENO_RUN: readonly string[] = ["run", "--no-prompt", "--quiet", "-A"];

/** Runs a program to its end; throws when it fails. */
export async function run(
  program: string,
  args: readonly string[],
  { cwd, codes = [0] }: { readonly cwd?: string; readonly codes?: readonly number[] } = {},
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    ...(cwd === undefined ? {} : { cwd }),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  if (codes.includes(code)) return decoder.decode(stdout);
  throw new Error(`Cannot run "${program} ${args.join(" ")}": ${code}\n${decoder.decode(stderr)}`);
}

/** Runs the command line from this checkout to its end. */
export function machinist(
  args: readonly string[],
  options: { readonly cwd?: string; readonly codes?: readonly number[] } = {},
): Promise<string> {
  return run(Deno.execPath(), [...DENO_RUN, `${ROOT}/cli.ts`, ...args], options);
}

/** Runs a shell script to its end. */
export function shell(script: string, options: { readonly cwd?: string } = {}): Promise<string> {
  return run("/bin/sh", ["-euc", script], options);
}
