import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { main } from "../../src/cli/main.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { FakeTerminal } from "./fake_terminal.ts";

const MANIFEST = `
name: lamp
version: 1.0.0
initial_state: "OFF"
transitions:
  - { name: press, from: ["OFF"], destination: "ON" }
  - { name: press, from: ["ON", "half on"], destination: "OFF" }
watchers:
  - { name: clock, type: timer, fail_transition: press, properties: { timer: 1h } }
`;

async function graph(args: readonly string[], input = MANIFEST) {
  const io = new FakeTerminal({ input });
  const code = await main(["graph", ...args], io);
  return { code, stdout: io.stdout, stderr: io.stderr };
}

Deno.test("graph draws Mermaid, from a file, a directory or standard input", async () => {
  await using directory = await temporaryDirectory();
  Deno.writeTextFileSync(`${directory.path}/machine.yaml`, MANIFEST);
  const expected = [
    "stateDiagram-v2",
    '  state "half on" as s2',
    "  [*] --> OFF",
    "  OFF --> ON : press",
    "  ON --> OFF : press",
    "  s2 --> OFF : press",
    "",
  ].join("\n");
  for (const path of ["-", directory.path, `${directory.path}/machine.yaml`]) {
    deepStrictEqual(await graph([path]), { code: 0, stdout: expected, stderr: "" });
  }
});

Deno.test("graph draws DOT, and gives the data with --json", async () => {
  const { stdout } = await graph(["-", "--format", "dot"]);
  match(stdout, /^digraph "lamp" \{\n {2}rankdir=LR;\n {2}"OFF" \[shape=doublecircle\];\n/);
  match(stdout, /\n {2}"half on" -> "OFF" \[label="press"\];\n\}\n$/);
  const data = JSON.parse((await graph(["-", "--json"])).stdout);
  deepStrictEqual([data.states, data.transitions.length], [["OFF", "ON", "half on"], 3]);
});

Deno.test("graph refuses other formats and broken manifests", async () => {
  strictEqual((await graph(["-", "--format", "svg"])).code, 2);
  const broken = await graph(["-"], "name: x\n");
  strictEqual(broken.code, 1);
  match(broken.stderr, /a machine version is required.* \[manifest_invalid\]\n$/);
});
