/**
 * `deno task fuzz [seconds] [target]`: fuzzes every reader of untrusted bytes, or one, for as long as asked
 * (60 seconds unless said). `--seed N` repeats a run, `--replay FILE target` runs one input again. An input that
 * fails is kept in tests/fuzz/found/, where every test run finds it.
 */
import { fuzz, type FuzzTarget } from "./engine.ts";
import { FOUND, targets } from "./targets.ts";

const HEX_DIGITS = 12;

async function keep(name: string, bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.slice()));
  await Deno.mkdir(FOUND, { recursive: true });
  const url = new URL(`${name}-${digest.toHex().slice(0, HEX_DIGITS)}.bin`, FOUND);
  await Deno.writeFile(url, bytes);
  return url.pathname;
}

async function run(target: FuzzTarget, seed: number, ms: number): Promise<boolean> {
  const { inputs, ms: took, failure } = await fuzz(target, { seed, ms });
  const rate = Math.round(1000 * inputs / Math.max(1, took));
  console.log(`${target.name}: ${inputs} inputs, ${rate} a second, seed ${seed}`);
  if (failure === undefined) return true;
  const path = await keep(target.name, failure.bytes);
  console.error(`${target.name}: input ${inputs} fails, kept as ${path}`, failure.error);
  return false;
}

function option(args: string[], name: string): string | undefined {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args.splice(at, 2)[1];
}

/** Gives the exit code. */
async function main(given: readonly string[]): Promise<number> {
  const args = [...given];
  const replay = option(args, "--replay");
  const seed = Number(option(args, "--seed") ?? Math.floor(Math.random() * 2 ** 31));
  const seconds = Number(args.find((arg) => /^\d+(\.\d+)?$/.test(arg)) ?? 60);
  const name = args.find((arg) => !/^\d/.test(arg));
  const all = await targets();
  const chosen = [...all.values()].filter((target) => name === undefined || target.name === name);
  if (chosen.length === 0) {
    console.error(`Cannot fuzz "${name}": the targets are ${[...all.keys()].join(", ")}`);
    return 2;
  }
  if (replay !== undefined) {
    for (const target of chosen) await target.run(await Deno.readFile(replay));
    return 0;
  }
  let good = true;
  for (const target of chosen) {
    good = await run(target, seed, 1000 * seconds / chosen.length) && good;
  }
  return good ? 0 : 1;
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
