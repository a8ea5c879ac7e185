import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { main } from "../../src/cli/main.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { FakeTerminal } from "./fake_terminal.ts";

const GOOD = `name: lamp
version: 1.0.0
initial_state: "OFF"
transitions:
  - { name: press, from: ["OFF"], destination: "ON" }
watchers:
  - name: clock
    type: timer
    state_match: ["OFF"]
    fail_transition: press
    properties:
      timer: 1h
`;

async function validate(...args: readonly string[]) {
  const io = new FakeTerminal();
  const code = await main(["validate", ...args], io);
  return { code, stdout: io.stdout, stderr: io.stderr };
}

Deno.test("validate accepts a manifest, its directory and the directory of all machines", async () => {
  await using directory = await temporaryDirectory();
  const folder = `${directory.path}/lamp`;
  const file = `${folder}/machine.yaml`;
  Deno.mkdirSync(folder);
  Deno.writeTextFileSync(file, GOOD);
  for (const path of [file, folder, `${folder}/`, directory.path]) {
    deepStrictEqual(await validate(path), { code: 0, stdout: `${file}: ok\n`, stderr: "" });
  }
});

const BROKEN: readonly [string, string, string, RegExp][] = [
  [
    "an unknown state",
    'state_match: ["OFF"]',
    "state_match: [DIM]",
    /:9: watchers\[0\]\.state_match: invalid state DIM/,
  ],
  ["an unknown type", "type: timer", "type: tymer", /:8: watchers\[0\]\.type: unknown watcher/],
  [
    "a bad property",
    "timer: 1h",
    "timer: soon",
    /:1\d: watchers\[0\]\.properties: could not create/,
  ],
  ["broken YAML", "transitions:", "transitions: {", /:\d+: .*\[manifest_yaml\]/],
  ["a name that cannot be packed", "name: lamp", "name: ../x", /:1: name: .* \[name\]/],
  ["a reserved name", "name: lamp", "name: tmp", /:1: name: .* \[name_reserved\]/],
  ["a missing version", "version: 1.0.0", "", /version: a machine version is required/],
];

for (const [name, from, to, expected] of BROKEN) {
  Deno.test(`validate names file, line and path of ${name}`, async () => {
    await using directory = await temporaryDirectory();
    const file = `${directory.path}/machine.yaml`;
    Deno.writeTextFileSync(file, GOOD.replace(from, to));
    const { code, stdout } = await validate(file);
    strictEqual(code, 1);
    match(stdout, expected);
    const document = JSON.parse((await validate(file, "--json")).stdout);
    deepStrictEqual([document.ok, document.files[0].complaints.length], [false, 1]);
  });
}

Deno.test("validate passes on what watchers warn of when they are made", async () => {
  await using directory = await temporaryDirectory();
  const file = `${directory.path}/machine.yaml`;
  const odd = `${GOOD}      tymer: 2h
  - name: odd
    type: expression
    properties: { success_when: "data.x ==" }
`;
  Deno.writeTextFileSync(file, odd);
  const { code, stdout } = await validate(file);
  strictEqual(code, 0);
  const [unknown, expression, last] = stdout.split("\n");
  match(unknown ?? "", /: warning: watchers\[0\]: .*not known and ignored, property: tymer$/);
  match(expression ?? "", /: warning: watchers\[1\]: .*has an error, reason: Cannot parse .* 10$/);
  strictEqual(last, `${file}: ok`);
});

Deno.test("validate hears every complaint about a list, with lines", async () => {
  await using directory = await temporaryDirectory();
  const file = `${directory.path}/machines.yaml`;
  const sum = "a".repeat(64);
  const rest = `  source: https://h/x.tgz
  verify_checksum: ${sum}
`;
  Deno.writeTextFileSync(
    file,
    `- name: ../x
${rest}  checksum: ${sum}
- name: good
${rest}  checksum: abc
`,
  );
  const { code, stdout } = await validate(file);
  strictEqual(code, 1);
  match(stdout, /:1: \[0\]\.name: .* \[name\]\n/);
  match(stdout, /:8: \[1\]\.checksum: .* \[checksum\]\n/);
});

Deno.test("validate warns of an initial state that no transition knows, and accepts a manager machine's name", async () => {
  await using directory = await temporaryDirectory();
  const file = `${directory.path}/machine.yaml`;
  Deno.writeTextFileSync(
    file,
    GOOD.replace("name: lamp", "name: mm_lamp").replace('state: "OFF"', "state: DIM"),
  );
  const { code, stdout } = await validate(file);
  strictEqual(code, 0, stdout);
  match(stdout, /warning: initial_state: no transition leads from or to "DIM"/);
});
