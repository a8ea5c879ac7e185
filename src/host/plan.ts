import type { Scanned } from "./scan.ts";

/** What runs, or is meant to, from one directory. */
export interface Present {
  /** Name of the directory. */
  readonly directory: string;
  /** Name of the machine. */
  readonly name: string;
  /** Digest of the manifest that it runs. */
  readonly digest: string;
}

/** What is to happen with one directory, and why. */
export type Step =
  | {
    readonly kind: "start" | "restart" | "keep";
    readonly directory: string;
    readonly why: string;
  }
  | { readonly kind: "stop"; readonly directory: string; readonly why: string }
  | {
    /** What the directory holds cannot be used; `keeps` tells whether what runs from it goes on. */
    readonly kind: "refuse";
    readonly directory: string;
    readonly why: string;
    readonly code: string;
    readonly keeps: boolean;
  };

/** Options of {@linkcode plan}. */
export interface PlanOptions {
  /** What stands in the machines directory. */
  readonly scanned: readonly Scanned[];
  /** What runs from it. */
  readonly present: readonly Present[];
  /** Machines that need no directory: their names are taken. */
  readonly embedded: readonly string[];
}

/**
 * What to do so that every usable manifest runs, pure. A manifest that is new or changed starts or restarts;
 * one that is gone stops; one that is broken, or cannot be read just now, leaves alone what runs. Two
 * directories with one machine name do not both run: the one that is named like its machine does, else
 * whoever runs it already, else the first.
 */
export function plan(options: PlanOptions): readonly Step[] {
  const running = new Map(options.present.map((present) => [present.directory, present]));
  const holders = nameHolders(options);
  const steps: Step[] = [];
  for (const scanned of options.scanned) {
    const step = stepFor(scanned, running.get(scanned.directory), holders);
    if (step !== undefined) steps.push(step);
    running.delete(scanned.directory);
  }
  for (const { directory } of running.values()) {
    steps.push({ kind: "stop", directory, why: "the directory is gone" });
  }
  return steps;
}

/** Who may run each machine name; embedded machines hold theirs under no directory. */
function nameHolders(options: PlanOptions): ReadonlyMap<string, string> {
  const holders = new Map(options.embedded.map((name) => [name, ""]));
  const usable = options.scanned.filter((scanned) => scanned.kind === "machine");
  const claim = (name: string, directory: string): void => {
    if (!holders.has(name)) holders.set(name, directory);
  };
  // A copy elsewhere must not keep a machine from its own place.
  for (const { directory, definition } of usable) {
    if (definition.name === directory) claim(directory, directory);
  }
  for (const { directory, name } of options.present) {
    const stands = options.scanned.find((scanned) => scanned.directory === directory);
    // One that is about to change its name or to stop gives the name up.
    if (stands === undefined || stands.kind === "empty") continue;
    if (stands.kind === "machine" && stands.definition.name !== name) continue;
    claim(name, directory);
  }
  for (const { directory, definition } of usable) claim(definition.name, directory);
  return holders;
}

function stepFor(
  scanned: Scanned,
  present: Present | undefined,
  holders: ReadonlyMap<string, string>,
): Step | undefined {
  const { directory } = scanned;
  const keeps = present !== undefined;
  if (scanned.kind === "empty") {
    return keeps ? { kind: "stop", directory, why: "its machine.yaml is gone" } : undefined;
  }
  if (scanned.kind === "unknown" || scanned.kind === "broken") {
    return { kind: "refuse", directory, why: scanned.reason, code: scanned.code, keeps };
  }
  const { name } = scanned.definition;
  const holder = holders.get(name);
  if (holder !== directory) {
    const where = holder === "" ? "the agent itself" : `directory "${holder}"`;
    const why = `Cannot run machine "${name}" from "${directory}": ${where} runs it already`;
    if (holder === name && present?.name === name) return { kind: "stop", directory, why };
    return { kind: "refuse", directory, why, code: "name_duplicate", keeps };
  }
  if (present === undefined) return { kind: "start", directory, why: "it is new" };
  return present.digest === scanned.digest
    ? { kind: "keep", directory, why: "it is unchanged" }
    : { kind: "restart", directory, why: "its machine.yaml has changed" };
}
