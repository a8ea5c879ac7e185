import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { FakeNode } from "../../src/testing/fake_node.ts";

Deno.test("FakeNode answers as it is told, and changes", async () => {
  const node = new FakeNode({
    facts: { os: "linux" },
    paths: { "/etc": "directory" },
    commands: ["sh"],
  });
  strictEqual(node.identity, "node.example.net");
  deepStrictEqual(await node.facts(), { os: "linux" });
  deepStrictEqual(
    [
      await node.pathKind("/etc"),
      await node.pathKind("/x"),
      await node.hasCommand("sh"),
      await node.hasCommand("x"),
    ],
    ["directory", "absent", true, false],
  );
  node.setFacts(new Error("no facts"));
  node.setPath("/etc", undefined);
  node.setPath("/x", new Error("no right"));
  node.setCommands(new Error("no path"));
  await rejects(node.facts(), /no facts/);
  strictEqual(await node.pathKind("/etc"), "absent");
  await rejects(node.pathKind("/x"), /no right/);
  await rejects(node.hasCommand("sh"), /no path/);
  node.setCommands(["x"]);
  node.setFacts({});
  strictEqual(await node.hasCommand("x"), true);
});
