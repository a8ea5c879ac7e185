import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { load } from "js-yaml";
import { managerManifest, managesMachine } from "../../src/sets/manager_manifest.ts";
import { entry, parse } from "../spec/fixture.ts";

const options = { target: "/etc/choria/machines", intervalMs: 120_000 };

function manifest(changes: Record<string, unknown> = {}): string {
  const [machine] = parse([entry(changes)]).machines;
  if (machine === undefined) throw new Error("Cannot happen");
  return managerManifest(machine, options);
}

Deno.test("managerManifest() is the reference's manager machine", () => {
  strictEqual(
    manifest(),
    `name: mm_facts
version: 1.0.0
initial_state: MANAGE
transitions:
  - name: enter_maintenance
    from:
      - MANAGE
    destination: MAINTENANCE
  - name: resume
    from:
      - MAINTENANCE
    destination: MANAGE
watchers:
  - name: download
    type: archive
    state_match:
      - MANAGE
    interval: 2m0s
    properties:
      source: https://my.example.net/metadata/metadata-machine-1.0.0.tgz
      checksum: f11ea2005de97bf309bafac46e77c01925307a26675f44f388d4502d2b9d00bf
      verify: SHA256SUMS
      verify_checksum: 1e85719c6959eb0f2c8f2166e30ae952ccaef2c286f31868ea1d311d3738a339
      creates: facts
      target: /etc/choria/machines
`,
  );
});

Deno.test("managerManifest() keeps whatever stands in a field a text of that field", () => {
  const hostile = {
    username: "u\" : [x] # '",
    password: "p: |\\n - &a *b !!js/function > % @ `",
    governor: '"\\nwatchers: [{type: exec}]',
    checksum: "1".repeat(64),
    verify_checksum: "0".repeat(63) + "1",
    name: "0755",
    source: "https://h/?a=\"'&b=#{}[]",
  };
  const [watcher, ...more] = (load(manifest(hostile)) as {
    watchers: { type: string; properties: Record<string, unknown> }[];
  }).watchers;
  strictEqual(more.length, 0);
  strictEqual(watcher?.type, "archive");
  deepStrictEqual(watcher?.properties, {
    source: hostile.source,
    checksum: hostile.checksum,
    verify: "SHA256SUMS",
    verify_checksum: hostile.verify_checksum,
    creates: "0755",
    target: options.target,
    username: hostile.username,
    password: hostile.password,
    governor: hostile.governor,
  });
});

Deno.test("managerManifest() carries what an entry is signed to have", () => {
  const x = {
    size: 7,
    mirrors: ["http://m/"],
    timeout_ms: 90_000,
    splay_ms: 60_000,
    allow_unlisted: ["c/"],
  };
  const [watcher] = (load(manifest({ x })) as {
    watchers: { properties: Record<string, unknown> }[];
  }).watchers;
  const { size, mirrors, timeout, splay, allow_unlisted } = watcher?.properties ?? {};
  deepStrictEqual({ size, mirrors, timeout, splay, allow_unlisted }, {
    size: 7,
    mirrors: ["http://m/"],
    timeout: "1m30s",
    splay: "1m0s",
    allow_unlisted: ["c/"],
  });
});

Deno.test("managesMachine() knows our manifests and the reference's, and nobody else's", () => {
  const ask = (text: string, name = "facts", target = options.target) =>
    managesMachine(text, { name, target });
  strictEqual(ask(manifest()), true);
  strictEqual(ask(manifest(), "facts", `${options.target}/`), true);
  strictEqual(ask(manifest(), "other"), false);
  strictEqual(ask(manifest(), "facts", "/elsewhere"), false);
  for (
    const text of ["", "[", "null", "name: mm_facts", "name: mm_facts\nwatchers: x", "&a [*a]"]
  ) strictEqual(ask(text), false, text);
  strictEqual(ask(manifest().replace("type: archive", "type: exec")), false);
  strictEqual(ask(`${manifest()}  - {name: more, type: exec}\n`), false);
});
