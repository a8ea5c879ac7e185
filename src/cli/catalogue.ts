import type { Command } from "./command.ts";

/** An entry of the list of commands: the file behind it is loaded only when the command is called. */
export interface CatalogueEntry {
  /** As it is typed. */
  readonly name: string;
  /** One line; the same as in the command's own file (tested). */
  readonly summary: string;
  /** Heading under which the help page lists it. */
  readonly group: string;
  /** Loads the command's file. */
  load(): Promise<Command>;
}

const SIGNED = "The signed specification";
const MAKING = "Making and publishing machines";
const NODE = "A node";
const FLEET = "A fleet";

/** Every command, in the order of the help page. */
export const CATALOGUE: readonly CatalogueEntry[] = [
  {
    name: "keys",
    summary: "Makes an Ed25519 key pair",
    group: SIGNED,
    load: async () => (await import("./commands/keys.ts")).keys,
  },
  {
    name: "pack",
    summary: "Packs a machines list and signs it",
    group: SIGNED,
    load: async () => (await import("./commands/pack.ts")).pack,
  },
  {
    name: "verify",
    summary: "Checks the signature of a packed file",
    group: SIGNED,
    load: async () => (await import("./commands/verify.ts")).verify,
  },
  {
    name: "archive",
    summary: "Packs a machine's directory, the same bytes every time, and prints its entry",
    group: MAKING,
    load: async () => (await import("./commands/archive.ts")).archive,
  },
  {
    name: "push",
    summary: "Puts a packed file, or a kept plan, into the store",
    group: MAKING,
    load: async () => (await import("./commands/push.ts")).push,
  },
  {
    name: "bucket",
    summary: "Creates the bucket as a fleet wants it, and prints the rights that it takes",
    group: MAKING,
    load: async () => (await import("./commands/bucket.ts")).bucket,
  },
  {
    name: "get",
    summary: "Reads the specification that the store holds",
    group: MAKING,
    load: async () => (await import("./commands/get.ts")).get,
  },
  {
    name: "history",
    summary: "Lists the revisions of the specification, with signer and difference",
    group: MAKING,
    load: async () => (await import("./commands/history.ts")).history,
  },
  {
    name: "rollback",
    summary: "Puts an older signed specification again, as a new revision",
    group: MAKING,
    load: async () => (await import("./commands/rollback.ts")).rollback,
  },
  {
    name: "plan",
    summary: "Shows what this node would do with a packed file, and changes nothing",
    group: MAKING,
    load: async () => (await import("./commands/plan.ts")).plan,
  },
  {
    name: "match",
    summary: "Evaluates a match expression on this node",
    group: MAKING,
    load: async () => (await import("./commands/match.ts")).match,
  },
  {
    name: "validate",
    summary: "Checks machine.yaml files, directories with them, or a machines list",
    group: MAKING,
    load: async () => (await import("./commands/validate.ts")).validate,
  },
  {
    name: "run",
    summary: "Runs a node: its machines, and the manager that keeps the signed set",
    group: NODE,
    load: async () => (await import("./commands/run.ts")).run,
  },
  {
    name: "machines",
    summary: "Shows this node's machines, from the agent's own files",
    group: NODE,
    load: async () => (await import("./commands/machines.ts")).machines,
  },
  {
    name: "transition",
    summary: "Fires an event on a machine of the running agent",
    group: NODE,
    load: async () => (await import("./commands/transition.ts")).transition,
  },
  {
    name: "verify-install",
    summary: "Verifies every installed machine against its signed sums, now and whole",
    group: NODE,
    load: async () => (await import("./commands/verify_install.ts")).verifyInstall,
  },
  {
    name: "restore",
    summary: "Puts a machine back that was purged or replaced, as it was signed",
    group: NODE,
    load: async () => (await import("./commands/restore.ts")).restore,
  },
  {
    name: "accept",
    summary: "Allows one roll-back on this node, once, and shows what the node trusts",
    group: NODE,
    load: async () => (await import("./commands/accept.ts")).accept,
  },
  {
    name: "graph",
    summary: "Draws the state machine of a machine.yaml",
    group: NODE,
    load: async () => (await import("./commands/graph.ts")).graph,
  },
  {
    name: "events",
    summary: "Follows what the machines of a fleet tell on the bus",
    group: FLEET,
    load: async () => (await import("./commands/events.ts")).events,
  },
  {
    name: "doctor",
    summary: "Checks what a node with these options needs, with the fix for each fault",
    group: FLEET,
    load: async () => (await import("./commands/doctor.ts")).doctor,
  },
  {
    name: "permissions",
    summary: "Prints the exact Deno permissions that a node with these options needs",
    group: FLEET,
    load: async () => (await import("./commands/permissions.ts")).permissions,
  },
  {
    name: "completions",
    summary: "Prints a completion script for a shell",
    group: FLEET,
    load: async () => (await import("./commands/completions.ts")).makeCompletions(loadAll),
  },
];

/** Loads every command: for completions and documents. */
export async function loadAll(): Promise<readonly Command[]> {
  return await Promise.all(CATALOGUE.map((entry) => entry.load()));
}

/** The entry of a name. */
export function findCommand(name: string): CatalogueEntry | undefined {
  return CATALOGUE.find((entry) => entry.name === name);
}
