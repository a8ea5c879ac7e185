import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { DenoNode, hostName } from "../../src/deno/node.ts";
import { MAX_FACTS_BYTES } from "../../src/deno/facts_file.ts";
import { temporaryDirectory } from "../support/temporary.ts";

Deno.test("DenoNode() takes the host's name when it is given none", () => {
  strictEqual(new DenoNode({ identity: "me" }).identity, "me");
  strictEqual(new DenoNode().identity, Deno.hostname() || "unknown");
});

Deno.test({
  name: "DenoNode() is unknown when Deno may not tell the host's name",
  permissions: { sys: false },
  fn() {
    strictEqual(hostName(), undefined);
    strictEqual(new DenoNode().identity, "unknown");
  },
});

Deno.test("DenoNode.facts() reads JSON and YAML anew each time", async () => {
  await using directory = await temporaryDirectory();
  const factsFile = `${directory.path}/facts.json`;
  deepStrictEqual(await new DenoNode().facts(), {});
  const node = new DenoNode({ factsFile });
  await rejects(node.facts(), /does not exist/);
  await Deno.writeTextFile(factsFile, '{"os":"linux"}');
  deepStrictEqual(await node.facts(), { os: "linux" });
  await Deno.writeTextFile(factsFile, '{"os":"bsd"}');
  deepStrictEqual(await node.facts({ signal: new AbortController().signal }), { os: "bsd" });
  await Deno.writeTextFile(`${directory.path}/facts.yaml`, "os: linux\ncpus: 4\n");
  deepStrictEqual(await new DenoNode({ factsFile: `${directory.path}/facts.yaml` }).facts(), {
    os: "linux",
    cpus: 4,
  });
});

for (
  const [when, name, text, error] of [
    ["they are not JSON", "facts.json", "{", SyntaxError],
    ["they are not YAML", "facts.yaml", "a: [", SyntaxError],
    ["they are a list", "facts.json", "[]", TypeError],
    ["they are null", "facts.yaml", "~", TypeError],
    ["they are an alias bomb", "facts.yml", "a: &a [1]\nb: *a\n", SyntaxError],
    ["they are too large", "facts.json", " ".repeat(MAX_FACTS_BYTES + 1), Error],
  ] as const
) {
  Deno.test(`DenoNode.facts() rejects when ${when}`, async () => {
    await using directory = await temporaryDirectory();
    await Deno.writeTextFile(`${directory.path}/${name}`, text);
    await rejects(new DenoNode({ factsFile: `${directory.path}/${name}` }).facts(), error);
  });
}

Deno.test("DenoNode.pathKind() tells what a path is, links followed", async () => {
  await using directory = await temporaryDirectory();
  const { path } = directory;
  await Deno.writeTextFile(`${path}/file`, "");
  await Deno.symlink("file", `${path}/link`);
  await Deno.symlink("nothing", `${path}/dangling`);
  const node = new DenoNode();
  const kinds = ["file", "link", ".", "dangling", "none", "file/x"].map((each) =>
    node.pathKind(`${path}/${each}`)
  );
  deepStrictEqual(await Promise.all(kinds), [
    "file",
    "file",
    "directory",
    "absent",
    "absent",
    "absent",
  ]);
  strictEqual(await node.pathKind("/dev/null"), "other");
});

Deno.test("DenoNode.pathKind() gives up when it is told to", async () => {
  const reason = new Error("enough");
  const node = new DenoNode();
  await rejects(
    node.pathKind("/", { signal: AbortSignal.abort(reason) }),
    (error) => error === reason,
  );
});

Deno.test({
  name: "DenoNode.pathKind() and facts() reject, naming the flag, when Deno may not look",
  permissions: { read: false },
  async fn() {
    await rejects(new DenoNode({ identity: "x" }).pathKind("/etc"), /--allow-read/);
    await rejects(new DenoNode({ identity: "x", factsFile: "/etc/x" }).facts(), /--allow-read/);
    await rejects(new DenoNode({ identity: "x" }).hasCommand("/bin/sh"), /--allow-read/);
  },
});

const commands = async () => {
  const node = new DenoNode({ identity: "x" });
  const names = ["sh", "ls", "machinist-no-such-command", "", "a\0b"];
  return await Promise.all(names.map((name) => node.hasCommand(name)));
};

Deno.test("DenoNode.hasCommand() finds commands and runs none, with every permission", async () => {
  deepStrictEqual(await commands(), [true, true, false, false, false]);
});

Deno.test({
  name: "DenoNode.hasCommand() finds commands without any permission",
  permissions: "none",
  async fn() {
    deepStrictEqual(await commands(), [true, true, false, false, false]);
  },
});

Deno.test({
  name: "DenoNode.hasCommand() finds commands when only some may be run",
  permissions: { run: ["sh"] },
  async fn() {
    deepStrictEqual(await commands(), [true, true, false, false, false]);
  },
});

Deno.test("DenoNode.hasCommand() takes a path for a path", async () => {
  await using directory = await temporaryDirectory();
  const { path } = directory;
  await Deno.writeTextFile(`${path}/run`, "", { mode: 0o755 });
  await Deno.writeTextFile(`${path}/data`, "", { mode: 0o644 });
  const node = new DenoNode();
  const found = [`${path}/run`, `${path}/data`, path, `${path}/none`, `${path}/run/x`].map((each) =>
    node.hasCommand(each)
  );
  deepStrictEqual(await Promise.all(found), [true, false, false, false, false]);
});
