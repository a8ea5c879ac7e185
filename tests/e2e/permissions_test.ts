import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { runCli } from "../support/cli.ts";
import { Story } from "./story.ts";

/** What `machinist permissions` says for a node, as a list of flags. */
async function flagsFor(story: Story, args: readonly string[]): Promise<readonly string[]> {
  const printed = await story.cli("permissions", story.machines, "--identity", "n1", ...args);
  return printed.trim().split(" ");
}

Deno.test("a node deploys and runs with exactly the permissions that are printed, and asks for no other", async () => {
  await using story = await Story.open();
  const { host } = new URL(story.http.url);
  const args = [...story.managed(), "--allow-host", host];
  const flags = await flagsFor(story, args);
  deepStrictEqual(flags, [
    "--no-prompt",
    `--allow-net=${[host, `127.0.0.1:${story.nats.port}`].sort().join(",")}`,
    `--allow-read=${story.machines}`,
    `--allow-write=${story.machines}`,
  ]);
  const audit = `${story.path}/audit.jsonl`;
  await using node = story.node(args, {
    permissions: flags,
    env: { DENO_AUDIT_PERMISSIONS: audit },
  });
  await story.publish([await story.machine("one")]);
  await story.untilRuns("one");
  strictEqual((await node.stop()).code, 0);
  const outside = asked(Deno.readTextFileSync(audit), story.machines);
  ok(outside.length > 0);
  for (const { permission, value } of outside) {
    strictEqual(permission, "net", `${permission} ${value}`);
    ok([host, `127.0.0.1:${story.nats.port}`].some((known) => value.includes(known)), value);
  }
});

interface Asked {
  readonly permission: string;
  readonly value: string;
}

/** What was asked for that does not lie inside the machines directory. */
function asked(audit: string, inside: string): readonly Asked[] {
  return audit.trim().split("\n").map((line) => JSON.parse(line) as Asked)
    .filter(({ value }) => !(value === inside || String(value).startsWith(`${inside}/`)));
}

Deno.test("a node without a permission that it needs exits 77 and names the flag", async () => {
  await using story = await Story.open();
  const flags = await flagsFor(story, story.managed());
  for (const kind of ["net", "read", "write"]) {
    const without = flags.filter((flag) => !flag.startsWith(`--allow-${kind}=`));
    const { code, stderr } = await runCli(
      ["run", story.machines, "--identity", "n1", ...story.managed()],
      { permissions: without },
    );
    strictEqual(code, 77);
    match(stderr, new RegExp(`Deno was not given --allow-${kind}=`));
    match(stderr, /\[permission\]\nhint: machinist permissions prints all flags/);
  }
  const { code, stderr } = await runCli(["run", story.machines, ...story.managed()], {
    permissions: flags,
  });
  strictEqual(code, 77);
  match(stderr, /--allow-sys=hostname \[permission\]\nhint: --identity NAME/);
});

Deno.test("a node asks no host for archives that it was not allowed", async () => {
  await using story = await Story.open();
  const flags = await flagsFor(story, [...story.managed(), "--allow-host", "other.example.net"]);
  await using _node = story.node([...story.managed(), "--allow-host", "other.example.net"], {
    permissions: flags,
  });
  await story.publish([await story.machine("one")]);
  const status = await story.untilStatus(
    "a refusal",
    ({ machines }) => machines.some(({ name, code }) => name === "one" && code !== "pending"),
  );
  const [one] = status.machines;
  ok(one !== undefined && !one.installed);
  strictEqual(story.http.count(), 0);
});
