import { deepStrictEqual, match, strictEqual, throws } from "node:assert/strict";
import { MAX_MANIFEST_BYTES, MAX_WARNINGS, parseManifest } from "../../src/machine/manifest.ts";
import { ManifestError, type ManifestErrorCode } from "../../src/machine/manifest_error.ts";
import {
  MAX_MANIFEST_ALIASES,
  MAX_MANIFEST_DEPTH,
  MAX_MANIFEST_NODES,
} from "../../src/machine/yaml_tree.ts";
import { SEED_MANIFEST } from "./seed_manifest.ts";

const VALID = `name: lamp
version: 1.0.0
initial_state: DARK
splay_start: 10
transitions:
  - name: turn_on
    from: [DARK]
    destination: LIT
    description: light it
    subscribe:
      - machine_name: sun
        event: sets
  - name: turn_off
    from: [LIT]
    destination: DARK
watchers:
  - name: switch
    type: file
    interval: 5s
    announce_interval: 1h
    state_match: [DARK, LIT]
    foreign_state_required:
      - machine_name: mains
        state: LIVE
    success_transition: turn_on
    fail_transition: turn_off
    properties:
      path: switch
`;

function refused(source: string | Uint8Array): ManifestError {
  let caught: unknown;
  throws(() => parseManifest(source), (error: unknown) => {
    caught = error;
    return error instanceof ManifestError;
  });
  if (caught instanceof ManifestError) return caught;
  throw new Error("unreachable");
}

Deno.test("parseManifest() reads every field", () => {
  const { definition, warnings } = parseManifest(VALID);
  deepStrictEqual(warnings, []);
  deepStrictEqual(definition, {
    name: "lamp",
    version: "1.0.0",
    initialState: "DARK",
    splayStartSeconds: 10,
    transitions: [
      {
        name: "turn_on",
        from: ["DARK"],
        destination: "LIT",
        description: "light it",
        subscribe: [{ machineName: "sun", event: "sets" }],
      },
      { name: "turn_off", from: ["LIT"], destination: "DARK", description: "", subscribe: [] },
    ],
    watchers: [{
      name: "switch",
      type: "file",
      stateMatch: ["DARK", "LIT"],
      foreignStates: [{ machineName: "mains", state: "LIVE" }],
      failTransition: "turn_off",
      successTransition: "turn_on",
      interval: "5s",
      announceInterval: "1h",
      properties: { path: "switch" },
    }],
  });
});

Deno.test("parseManifest() reads the seed's manifest as printed, with a warning", () => {
  const { definition, warnings } = parseManifest(SEED_MANIFEST);
  deepStrictEqual(warnings, ['key "state_match" is given twice (lines 23 and 26)']);
  deepStrictEqual(definition.watchers.map((watcher) => watcher.stateMatch), [
    ["MANAGE"],
    ["MANAGE"],
  ]);
  deepStrictEqual(definition.watchers[0]?.properties, {
    bucket: "MACHINES",
    key: "machines",
    mode: "poll",
    bucket_prefix: false,
  });
  strictEqual(definition.watchers[1]?.properties?.purge_unknown, true);
});

Deno.test("parseManifest() refuses what the reference refuses, at its place", () => {
  const cases: [string, string, string, string, number][] = [
    ["name: lamp", "name:", "a machine name is required", "name", 1],
    ["version: 1.0.0", "version: ''", "a machine version is required", "version", 2],
    [
      "initial_state: DARK",
      'initial_state: ""',
      "an initial state is required",
      "initial_state",
      3,
    ],
    [
      "announce_interval: 1h",
      "announce_interval: 59s",
      "announce interval 59s is too small for watcher switch",
      "watchers[0].announce_interval",
      20,
    ],
    [
      "[DARK, LIT]",
      "[DARK, BROKEN]",
      "invalid state BROKEN in state match for watcher switch",
      "watchers[0].state_match",
      21,
    ],
    [
      "fail_transition: turn_off",
      "fail_transition: explode",
      "invalid fail_transition explode specified in watcher switch",
      "watchers[0].fail_transition",
      26,
    ],
    [
      "success_transition: turn_on",
      "success_transition: explode",
      "invalid success_transition explode specified in watcher switch",
      "watchers[0].success_transition",
      25,
    ],
    [
      "machine_name: sun",
      "other: sun",
      'machine name is required on subscription for transition "turn_on"',
      "transitions[0].subscribe[0]",
      11,
    ],
    [
      "event: sets",
      'event: ""',
      'event name is required on subscription for transition "turn_on"',
      "transitions[0].subscribe[0]",
      11,
    ],
  ];
  for (const [part, replacement, reason, path, line] of cases) {
    const error = refused(VALID.replace(part, replacement));
    deepStrictEqual([error.reason, error.path, error.line], [reason, path, line]);
    strictEqual(error.code, "manifest_invalid");
    strictEqual(
      error.message,
      `Cannot load machine "machine.yaml": ${reason} (${path}, line ${line})`,
    );
  }
  match(
    refused(VALID.replace("1h", "1q")).reason,
    /^unknown announce interval for watcher switch: /,
  );
});

Deno.test("parseManifest() checks in the reference's order", () => {
  const reasons = [
    ["", "a machine name is required"],
    ["name: a", "a machine version is required"],
    ["version: 1", "an initial state is required"],
    ["initial_state: A", "no transitions defined"],
    ["transitions: [{name: x, from: [A], destination: B}]", "no watchers defined"],
  ];
  let text = "";
  for (const [line, reason] of reasons) {
    text += `${line}\n`;
    strictEqual(refused(text).reason, reason);
  }
  parseManifest(`${text}watchers: [{name: w, type: t}]`);
});

Deno.test("parseManifest() coerces scalars into texts, and warns where the text changes", () => {
  const source = VALID.replace("version: 1.0.0", "version: 1.0").replace("lamp", "on")
    .replace("interval: 5s", "interval: 10").replace("DARK\nsplay", "true\nsplay");
  const { definition, warnings } = parseManifest(source);
  strictEqual(definition.version, "1");
  strictEqual(definition.name, "on");
  strictEqual(definition.initialState, "true");
  strictEqual(definition.watchers[0]?.interval, "10");
  deepStrictEqual(warnings, ['"version" is 1.0, which reads as "1": quote it (line 2)']);
});

Deno.test("parseManifest() takes a number in quotes where a number is wanted, and nothing else", () => {
  strictEqual(parseManifest(VALID.replace("10", '"10"')).definition.splayStartSeconds, 10);
  for (const bad of ["10s", "1.5", "[1]", "true"]) {
    const error = refused(VALID.replace("splay_start: 10", `splay_start: ${bad}`));
    deepStrictEqual([error.code, error.path], ["manifest_type", "splay_start"], bad);
  }
});

Deno.test("parseManifest() refuses values of the wrong kind, with their place", () => {
  const cases: [string, string, string][] = [
    ["from: [DARK]", "from: DARK", "transitions[0].from"],
    ["state_match: [DARK, LIT]", "state_match: DARK", "watchers[0].state_match"],
    ["name: lamp", "name: [lamp]", "name"],
    ["from: [DARK]", "from: [[DARK]]", "transitions[0].from[0]"],
    ["properties:\n      path: switch", "properties: [path]", "watchers[0].properties"],
    [
      "  - name: turn_off\n    from: [LIT]\n    destination: DARK",
      "  - turn_off",
      "transitions[1]",
    ],
  ];
  for (const [part, replacement, path] of cases) {
    const error = refused(VALID.replace(part, replacement));
    deepStrictEqual([error.code, error.path], ["manifest_type", path], replacement);
    strictEqual(typeof error.line, "number");
  }
  strictEqual(refused("[]").code, "manifest_type");
  strictEqual(refused("just text").code, "manifest_type");
});

Deno.test("parseManifest() warns of keys that nobody reads", () => {
  const { warnings } = parseManifest(`${VALID}    colour: red\nowner: me\n`);
  deepStrictEqual(warnings, [
    'key "watchers[0].colour" is not known and ignored (line 29)',
    'key "owner" is not known and ignored (line 30)',
  ]);
});

Deno.test("parseManifest() gives so many warnings and no more", () => {
  const unknown = (count: number) =>
    parseManifest(VALID + Array.from({ length: count }, (_, n) => `k${n}: 1\n`).join("")).warnings;
  strictEqual(unknown(MAX_WARNINGS).at(-1), 'key "k19" is not known and ignored (line 48)');
  strictEqual(unknown(MAX_WARNINGS + 1).length, MAX_WARNINGS);
  strictEqual(unknown(MAX_WARNINGS + 1).at(-1), "and 2 more of the like");
});

Deno.test("parseManifest() keeps properties as they are", () => {
  const source = VALID.replace(
    "path: switch",
    "{a: 1, b: 0700, c: 2020-01-01, d: [x, {e: ~}], __proto__: {f: yes}, g: 1_000, h: 0x1f}",
  );
  const properties = parseManifest(source).definition.watchers[0]?.properties;
  strictEqual(
    JSON.stringify(properties),
    '{"a":1,"b":448,"c":"2020-01-01","d":["x",{"e":null}],"__proto__":{"f":"yes"},"g":1000,"h":31}',
  );
  strictEqual(Object.getPrototypeOf(properties), Object.prototype);
});

Deno.test("parseManifest() applies aliases and merge keys", () => {
  const source = `base: &base {type: file, interval: 5s}
${
    VALID.replace(
      "  - name: switch\n    type: file\n    interval: 5s",
      "  - <<: *base\n    name: switch\n    interval: 9s",
    )
  }`;
  const watcher = parseManifest(source).definition.watchers[0];
  deepStrictEqual([watcher?.type, watcher?.interval], ["file", "9s"]);
});

Deno.test("parseManifest() uses the first document only, and says so", () => {
  const { definition, warnings } = parseManifest(`${VALID}---\nname: other\n`);
  strictEqual(definition.name, "lamp");
  deepStrictEqual(warnings, ["only the first of several documents is used"]);
});

Deno.test("parseManifest() refuses hostile YAML (#205)", () => {
  const bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" +
    [..."bcdefghi"].map((key, i) => {
      const previous = "abcdefgh"[i];
      return `${key}: &${key} [${`*${previous}, `.repeat(6)}*${previous}]\n`;
    }).join("");
  const cases: [string, string, ManifestErrorCode][] = [
    ["alias bomb", bomb, "manifest_limit"],
    ["a value that holds itself", "a: &a [*a]", "manifest_yaml"],
    ["an alias of nothing", "a: *b", "manifest_yaml"],
    ["duplicate keys that differ", "name: a\nname: b", "manifest_duplicate"],
    ["a tag of JavaScript", "name: !!js/function x", "manifest_yaml"],
    ["a tag of its own", "name: !x y", "manifest_yaml"],
    ["binary", "name: !!binary aGk=", "manifest_yaml"],
    ["a tag that does not fit", "name: !!int x", "manifest_type"],
    ["a tag of another kind", "name: !!seq x", "manifest_yaml"],
    ["a tag directive", "%TAG !! tag:x,2000:\n---\nname: !!str x", "manifest_yaml"],
    ["20,000 levels", `a: ${"[".repeat(20_000)}`, "manifest_limit"],
    ["20,000 closed levels", `a: ${"[".repeat(20_000)}${"]".repeat(20_000)}`, "manifest_limit"],
    ["a mapping as a key", "? {a: b}\n: c", "manifest_type"],
    ["a merge of text", "<<: x", "manifest_type"],
    ["a tab as indentation", "a:\n\tb: 1", "manifest_yaml"],
    ["NUL", "name: a\0b", "manifest_yaml"],
    ["nothing", "", "manifest_invalid"],
    ["a comment", "# nothing", "manifest_invalid"],
  ];
  for (const [what, source, code] of cases) strictEqual(refused(source).code, code, what);
  strictEqual(refused(new Uint8Array([0x6e, 0xff])).code, "manifest_text");
});

Deno.test("parseManifest() refuses one more than each limit, not the limit", () => {
  const filler = (size: number) => `${VALID}#${"x".repeat(size - VALID.length - 1)}`;
  parseManifest(filler(MAX_MANIFEST_BYTES));
  strictEqual(refused(filler(MAX_MANIFEST_BYTES + 1)).code, "manifest_size");
  strictEqual(
    refused(new TextEncoder().encode(filler(MAX_MANIFEST_BYTES + 1))).code,
    "manifest_size",
  );

  // The document's mapping is the first level.
  const deep = (levels: number) =>
    `${VALID}x: ${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}\n`;
  parseManifest(deep(MAX_MANIFEST_DEPTH));
  strictEqual(refused(deep(MAX_MANIFEST_DEPTH + 1)).code, "manifest_limit");

  const aliases = (count: number) =>
    `${VALID}x: &x 1\ny: [${Array(count).fill("*x").join(", ")}]\n`;
  parseManifest(aliases(MAX_MANIFEST_ALIASES));
  strictEqual(refused(aliases(MAX_MANIFEST_ALIASES + 1)).code, "manifest_limit");

  const nodes = (count: number) => `${VALID}x: [${Array(count).fill("1").join(",")}]\n`;
  let room = MAX_MANIFEST_NODES;
  while (room > 0) {
    try {
      parseManifest(nodes(room));
      break;
    } catch {
      room--;
    }
  }
  strictEqual(room > MAX_MANIFEST_NODES - 200, true);
  strictEqual(refused(nodes(room + 1)).code, "manifest_limit");
});
