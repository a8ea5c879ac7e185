import type { ManagedMachine } from "../../src/spec/entry.ts";
import { lint } from "../../src/spec/lint.ts";

/** One good entry of a list, read as nodes do. */
export function parseEntryForTest(): ManagedMachine {
  const list = [{
    name: "facts",
    source: "https://archives.example.net/facts-1.0.0.tgz",
    checksum: "a".repeat(64),
    verify_checksum: "b".repeat(64),
  }];
  const { machines: [machine] } = lint(new TextEncoder().encode(JSON.stringify(list)));
  if (machine === undefined) throw new Error("Cannot make an entry: it was refused");
  return machine;
}
