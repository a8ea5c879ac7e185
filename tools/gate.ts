/** The gate, `deno task ok`: runs every check, also after one has failed, and says at the end which did. */

/** One check: a task of deno.json with its arguments. */
const STEPS: readonly (readonly string[])[] = [
  ["lock"],
  ["fmt", "--check"],
  ["lint"],
  ["layers"],
  ["sizes"],
  ["docs"],
  ["check"],
  ["doclint"],
  ["package"],
  ["coverage"],
];

const failed: string[] = [];
for (const step of STEPS) {
  const name = step.join(" ");
  console.log(`\n== ${name}`);
  const started = performance.now();
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "-q", ...step],
    cwd: new URL("..", import.meta.url),
  }).spawn().status;
  if (!success) failed.push(name);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`== ${name}: ${success ? "ok" : "FAILED"} (${seconds} s)`);
}
console.log(failed.length === 0 ? "\ngate: ok" : `\ngate: FAILED: ${failed.join(", ")}`);
Deno.exitCode = failed.length === 0 ? 0 : 1;
