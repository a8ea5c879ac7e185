/** Runs the commands that the examples' README.md print, as they are printed but for the port. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { type DocBlock, docBlocks } from "../../tools/doc_blocks.ts";
import { ROOT, runCli } from "../support/cli.ts";
import { scratchCheckout } from "../support/scratch_checkout.ts";
import { runShellStory } from "../support/shell_story.ts";

/** What an example's commands told. */
interface Told {
  /** Standard output, where results go. */
  readonly stdout: string;
  /** Standard error, where logs go. */
  readonly stderr: string;
  /** Reads a file that they left behind. */
  readonly read: (path: string) => string;
}

/** What examples/automation tells. */
const AUTOMATION = [
  /^kv: success: .*\nmachines: success: .*\nmm_facts: success: installed "facts"$/m,
  /^mm_facts: success: verified$/m,
  /^machines: failure: .*no trusted key has signed it$/m,
  /^came_up: UNKNOWN -> UP\nwent_down: UP -> DOWN\nstayed_down: DOWN -> ALERT$/m,
];

/** Runs the blocks of an example's page that name this test, in a checkout of their own. */
async function runExample(name: string, check: (told: Told) => void): Promise<void> {
  const story = blocksOf(name).filter(({ skip }) => skip?.includes("examples_test.ts"));
  await using checkout = await scratchCheckout();
  const port = String(freePort());
  const change = (text: string) => text.replaceAll("8080", port);
  for (const file of ["examples/facts/machines.json"]) {
    const path = `${checkout.path}/${file}`;
    Deno.writeTextFileSync(path, change(Deno.readTextFileSync(path)));
  }
  const { code, stdout, stderr } = await runShellStory(story, {
    directory: checkout.path,
    change,
    seconds: 120,
  });
  strictEqual(code, 0, `${stdout}\n${stderr}`);
  check({ stdout, stderr, read: (path) => Deno.readTextFileSync(`${checkout.path}/${path}`) });
}

/** The commands of an example's README.md. */
function blocksOf(name: string): readonly DocBlock[] {
  const page = `examples/${name}/README.md`;
  return docBlocks(page, Deno.readTextFileSync(`${ROOT}/${page}`))
    .filter(({ language }) => language === "sh");
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

Deno.test("examples/facts goes from a key pair to a running node, and to one with the seed's manager", async () => {
  await runExample("facts", ({ stdout, stderr, read }) => {
    match(stdout, /Data file spec\.json is signed using [0-9a-f]{64}/);
    match(stdout, /"gathered": ?\d+/);
    match(stderr, /state_match.*is given twice/);
    for (const machines of ["machines", "node2"]) {
      deepStrictEqual(
        read(`${machines}/facts/gather.sh`),
        read("examples/facts/machine/gather.sh"),
      );
      match(read(`${machines}/mm_facts/machine.yaml`), /type: archive/);
    }
  });
});

Deno.test("examples/automation converges once, and runs a watcher type of its own, with few rights", async () => {
  await runExample("automation", ({ stdout, read }) => {
    for (const line of AUTOMATION) {
      match(stdout, line);
    }
    match(read("site/machine_data.json"), /"status": ?"not at all"/);
    deepStrictEqual(read("machines/facts/gather.sh"), read("examples/facts/machine/gather.sh"));
  });
});

Deno.test("examples/compiled_in runs with its list inside, under the rights that it would be compiled with", async () => {
  await runExample("compiled_in", ({ stdout, read }) => {
    match(stdout, /--allow-net=127\.0\.0\.1:\d+ --allow-read=\/srv\/machines,/);
    for (const machines of ["machines", "srv/machines"]) {
      deepStrictEqual(
        read(`${machines}/facts/gather.sh`),
        read("examples/facts/machine/gather.sh"),
      );
    }
  });
});

Deno.test("examples/compiled_in is compiled with the flags that it is tested with", () => {
  const script = blocksOf("compiled_in").map(({ text }) => text).join("");
  const flags = (command: RegExp) =>
    [...(command.exec(script)?.[1] ?? "").matchAll(/--(?!output)\S+/g)].map(([flag]) => flag);
  const compiled = flags(/^deno compile (.*main\.ts)/m);
  deepStrictEqual(compiled, flags(/^deno run (.*main\.ts)/m));
  deepStrictEqual(compiled.length, 5);
});

Deno.test("examples/compiled_in has a list whose signature is good", async () => {
  const files = ["spec.json", "publisher.pub"].map((file) => `examples/compiled_in/${file}`);
  const { code, stdout, stderr } = await runCli(["verify", ...files, "--show"]);
  deepStrictEqual([code, stderr], [0, ""]);
  const list = JSON.parse(Deno.readTextFileSync(`${ROOT}/examples/facts/machines.json`));
  deepStrictEqual(JSON.parse(stdout.slice(stdout.indexOf("["))), list);
});
