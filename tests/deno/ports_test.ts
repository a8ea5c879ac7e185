import { strictEqual } from "node:assert";
import { denoPorts } from "../../src/deno/ports.ts";

Deno.test("denoPorts() makes a world that works", async () => {
  const ports = denoPorts({ node: { identity: "me" }, log: { write: () => {} } });
  strictEqual(ports.node.identity, "me");
  strictEqual(ports.fs.lstat("/")?.kind, "directory");
  await ports.clock.sleep(0);
  strictEqual(ports.random() < 1, true);
});
