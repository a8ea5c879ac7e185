import { ok } from "node:assert/strict";
import { parseManifest } from "../../src/machine/manifest.ts";
import { ManifestError } from "../../src/machine/manifest_error.ts";
import { SEED_MANIFEST } from "../machine/seed_manifest.ts";
import type { FuzzTarget } from "./engine.ts";

/** What one manifest may take. */
const BUDGET_MS = 1_000;

const bytes = (text: string) => new TextEncoder().encode(text);

const EXEC = `name: facts
version: 1.0.0
initial_state: RUN
transitions:
  - {name: stop, from: [RUN], destination: HALT}
watchers:
  - name: gather
    type: exec
    interval: 10s
    state_match: [RUN]
    success_transition: stop
    properties: {command: ./gather.sh, timeout: 1m, environment: ["A=b", 'C=d']}
`;

/** Whatever the bytes, `machine.yaml` is read or refused with a coded error, and what is read is usable. */
export const target: FuzzTarget = {
  name: "manifest",
  corpus: [
    bytes(SEED_MANIFEST),
    bytes(EXEC),
    bytes(JSON.stringify({ name: "m", version: "1", initial_state: "A", watchers: [] })),
  ],
  tokens: [
    "\n",
    "\n  ",
    "\n- ",
    ": ",
    "&a ",
    "*a",
    "<<: *a",
    "!!binary ",
    "!!js/function ",
    "? ",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "__proto__: ",
    "yes",
    "0o17",
    "1e999",
    "~",
    "|\n",
    ">-\n",
    "{",
    "[",
    '"\\u0000"',
    "state_match:",
    "interval: 1000h",
    "\t",
    "\ufeff",
  ],
  run(input) {
    const started = performance.now();
    try {
      const { definition } = parseManifest(input);
      ok(definition.name !== "" && definition.watchers.length > 0, "it lacks what is required");
      JSON.stringify(definition);
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
    }
    const took = performance.now() - started;
    ok(took < BUDGET_MS, `it takes ${took} ms`);
  },
};
