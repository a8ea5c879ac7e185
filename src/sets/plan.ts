import type { SpecificationMeta } from "../spec/meta.ts";
import type { Desired } from "./desired.ts";
import { guardReason } from "./guard.ts";
import { type ManagedRecord, MAX_PREVIOUS, type SignedTree } from "./managed_records.ts";

/** How many looks in a row must find a match false before the machine goes, while the list stays the same. */
export const FLAP_RESULTS = 3;

/** What stands on the node for one name of the list. */
export interface Standing {
  /** The manager's manifest: as it should be, another one of a manager, somebody's own, or none. */
  readonly manager: "current" | "different" | "foreign" | "absent";
  /** Whether there is a directory, or anything else, of the machine's own name. */
  readonly machine: boolean;
}

/** What {@linkcode plan} decides from. */
export interface PlanInput {
  /** Whose plan it is. */
  readonly owner: string;
  /** What the list says. */
  readonly desired: readonly Desired[];
  /** What the list says about itself. */
  readonly meta?: SpecificationMeta | undefined;
  /** Managed machines, of all managers. */
  readonly records: ReadonlyMap<string, ManagedRecord>;
  /** What stands on the node, by name of the list. */
  readonly standing: ReadonlyMap<string, Standing>;
  /** Machines that the reference left here, as {@linkcode leftManagers} finds them, by name. */
  readonly left?: ReadonlyMap<string, SignedTree>;
  /** Whether machines that are not wanted are removed: false also while the newest list is not known. */
  readonly purge: boolean;
  /**
   * Whether many removals at once are held.
   * @default {true}
   */
  readonly guard?: boolean;
  /**
   * What an empty list does.
   * @default {"guard"}
   */
  readonly purgeEmpty?: "guard" | "choria";
  /** The time for new records, milliseconds since the epoch. */
  readonly now: number;
}

/** What to do about one machine, and why. */
export interface Step {
  /** `hold`: nothing is done, and somebody should know. */
  readonly kind: "write" | "remove" | "keep" | "hold";
  /** Name of the machine. */
  readonly name: string;
  /** One line for people. */
  readonly why: string;
  /** Stable reason of a hold. */
  readonly code?: string | undefined;
  /** The record to keep for it; undefined leaves the record as it is. */
  readonly record?: ManagedRecord | undefined;
}

/** What to do. */
export interface Plan {
  /** One for each machine of the list and each managed one, in this order. Those of no concern are left out. */
  readonly steps: readonly Step[];
  /** Why removals are held; undefined when they are not. */
  readonly blocked: string | undefined;
}

/** Decides what to do on a node. Pure: looks at nothing but its input. */
export function plan(input: PlanInput): Plan {
  const steps = input.desired.flatMap((item) => planDesired(item, input) ?? []);
  const listed = new Set(input.desired.map(({ machine }) => machine.name));
  for (const [name, record] of input.records) {
    if (record.manager !== input.owner || listed.has(name)) continue;
    steps.push({ kind: "remove", name, why: "it is not in the list any more" });
  }
  for (const [name, tree] of leftOver(input)) {
    if (listed.has(name)) continue;
    const why = "the reference's manager left it here, and it is not in the list";
    steps.push({ kind: "remove", name, why, record: leftRecord(tree, "", input) });
  }
  if (!input.purge) return { steps: steps.map(unlessPurged), blocked: undefined };
  const blocked = guardReason({
    removals: steps.filter(({ kind }) => kind === "remove").map(({ name }) => name),
    managed: managedNames(input).size,
    listed: input.desired.length,
    wanted: input.desired.filter(({ wanted }) => wanted === true).length,
    enabled: input.guard ?? true,
    purgeEmpty: input.purgeEmpty ?? "guard",
    ...allowance(input.meta),
  });
  if (blocked === undefined) return { steps, blocked };
  return { steps: steps.map((step) => unlessAllowed(step, input, blocked)), blocked };
}

function planDesired(item: Desired, input: PlanInput): Step | undefined {
  const { machine: { name }, wanted, reason, code } = item;
  const record = input.records.get(name);
  if (record !== undefined && record.manager !== input.owner) {
    if (wanted === false) return undefined;
    return { kind: "hold", name, code: "foreign", why: `it belongs to "${record.manager}"` };
  }
  if (wanted === null) return { kind: "hold", name, code, why: reason };
  if (wanted) return planWanted(item, record, input);
  const tree = leftOver(input).get(name);
  const known = record ?? (tree && leftRecord(tree, item.machine.match, input));
  return known && planUnmatched(item, known);
}

/** What the reference left: of no concern while nothing is removed. */
function leftOver({ left, purge, records }: PlanInput): ReadonlyMap<string, SignedTree> {
  return new Map(purge ? [...left ?? []].filter(([name]) => !records.has(name)) : []);
}

/** Puts what the reference left on record, so that a removal that was begun is ended. */
function leftRecord(
  tree: SignedTree,
  match: string,
  { owner, now }: PlanInput,
): ManagedRecord {
  return { manager: owner, ...tree, previous: [], match, unmatched: 0, since: now };
}

/** All that is managed here, with what is being taken over. */
function managedNames(input: PlanInput): ReadonlySet<string> {
  const recorded = [...input.records].filter(([, { manager }]) => manager === input.owner);
  const taken = [...input.standing].filter(([name, { manager }]) =>
    !input.records.has(name) && (manager === "current" || manager === "different")
  );
  return new Set([...recorded, ...taken, ...leftOver(input)].map(([name]) => name));
}

function planWanted(
  { machine }: Desired,
  record: ManagedRecord | undefined,
  { standing, owner, now }: PlanInput,
): Step {
  const { name } = machine;
  const { manager, machine: installed } = standing.get(name) ??
    { manager: "absent", machine: false };
  if (record === undefined && (manager === "foreign" || (manager === "absent" && installed))) {
    const why = "a directory of that name is there, and was not put there by a manager";
    return { kind: "hold", name, code: "foreign", why };
  }
  const next: ManagedRecord = {
    manager: owner,
    checksum: machine.checksum,
    verifyChecksum: machine.verifyChecksum,
    allowUnlisted: machine.extension.allowUnlisted ?? [],
    previous: previousTrees(machine, record),
    match: machine.match,
    unmatched: 0,
    since: record?.since ?? now,
  };
  if (manager === "current") {
    const why = record === undefined ? "taken over as it stands" : "it is as the list has it";
    return { kind: "keep", name, why, record: next };
  }
  const why = record === undefined
    ? manager === "absent" ? "it is new" : "taken over from another manager"
    : record.checksum !== machine.checksum
    ? "the list has another archive"
    : "its manager machine is not as it should be";
  return { kind: "write", name, why, record: next };
}

/** Trees that may still stand there, newest first. */
function previousTrees(
  { checksum }: { readonly checksum: string },
  record: ManagedRecord | undefined,
): readonly SignedTree[] {
  if (record === undefined) return [];
  if (record.checksum === checksum) return record.previous;
  const { verifyChecksum, allowUnlisted } = record;
  const before = { checksum: record.checksum, verifyChecksum, allowUnlisted };
  const older = record.previous.filter((tree) =>
    tree.checksum !== checksum && tree.checksum !== before.checksum
  );
  return [before, ...older].slice(0, MAX_PREVIOUS);
}

/** A match that was true and is false now, under the same list: only a lasting answer removes. */
function planUnmatched({ machine: { name, match }, reason }: Desired, record: ManagedRecord): Step {
  const unmatched = record.unmatched + 1;
  if (record.match !== match || unmatched >= FLAP_RESULTS) {
    return { kind: "remove", name, why: reason };
  }
  const why = `${reason}, ${unmatched} of ${FLAP_RESULTS} times in a row`;
  return { kind: "hold", name, code: "flapping", why, record: { ...record, unmatched } };
}

function unlessPurged(step: Step): Step {
  if (step.kind !== "remove" && step.code !== "flapping") return step;
  return { kind: "keep", name: step.name, why: `${step.why}; nothing is removed now` };
}

function unlessAllowed(step: Step, { meta }: PlanInput, blocked: string): Step {
  if (step.kind !== "remove" || allowance(meta).allowed.includes(step.name)) return step;
  return { kind: "hold", name: step.name, code: "purge_guard", why: `${step.why}, but ${blocked}` };
}

function allowance(meta: SpecificationMeta | undefined) {
  const allow = meta?.allowPurge ?? [];
  if (typeof allow !== "number") return { allowed: allow, allowAll: false };
  return { allowed: [], allowAll: meta?.version === allow };
}
