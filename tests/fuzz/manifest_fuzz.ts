import { parseManifest } from "../../src/machine/manifest.ts";
import { ManifestError } from "../../src/machine/manifest_error.ts";

/** Whatever the bytes, `machine.yaml` is read or refused with a coded error, and what is read is usable. */
export const target = {
  name: "manifest",
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
