import { parseManifest } from "../../src/machine/manifest.ts";
import { ManifestError } from "../../src/machine/manifest_error.ts";
import { SEED_MANIFEST } from "../machine/seed_manifest.ts";
import type { FuzzTarget } from "./engine.ts";

const FLOW = `{name: lamp, version: "1", initial_state: A, splay_start: 3,
transitions: [{name: go, from: [A], destination: B, subscribe: [{machine_name: x, event: y}]}],
watchers: [{name: w, type: timer, state_match: [A], fail_transition: go, properties: {timer: 1h}}]}
`;

const MERGED = `base: &base {type: exec, interval: 5m}
name: lamp
version: 1.0
initial_state: A
transitions:
  - {name: go, from: [A], destination: A}
watchers:
  - <<: *base
    name: w
    announce_interval: 1h
    properties: {command: "x", n: 0x1f, m: 0700, f: 1.5e3, t: true, z: ~}
`;

/** Whatever the bytes, `machine.yaml` is read or refused with a coded error, and what is read is usable. */
export const target: FuzzTarget = {
  name: "manifest",
  corpus: [SEED_MANIFEST, FLOW, MERGED].map((text) => new TextEncoder().encode(text)),
  tokens: [
    ..."&a|*a|<<: *a|!!str |!!binary |!x |---\n|...\n|? |: |- |[|]|{|}|#| |\n|\t|'|\"|~".split("|"),
    ..."name: |from: |watchers:|__proto__: x\n|0o7|-.inf|1_0|%TAG ! x\n|>\n|  ".split("|"),
    "|\n",
  ],
  run(bytes: Uint8Array): void {
    try {
      const { definition } = parseManifest(bytes);
      if (definition.name === "" || definition.watchers.length === 0) {
        throw new Error("Cannot accept this manifest: it lacks what is required");
      }
      JSON.stringify(definition);
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
    }
  },
};
