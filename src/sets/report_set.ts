import type { Applied } from "./apply.ts";
import type { Desired } from "./desired.ts";
import { managerName } from "./manager_manifest.ts";
import type { Plan } from "./plan.ts";
import type { MachineReport, SetReport } from "./set_report.ts";
import type { InForce } from "./trust_store.ts";

/** Why something is not done. */
export interface Trouble {
  /** Stable reason. */
  readonly code: string;
  /** One line for people. */
  readonly reason: string;
  /** What to do about it. */
  readonly hint: string | undefined;
}

/** What {@linkcode reportSet} makes a report of. */
export interface ReportInput {
  /** Why the newest list was not taken up, or the plan not carried out. */
  readonly trouble?: Trouble | undefined;
  /** The list in force. */
  readonly inForce?: InForce | undefined;
  /** The store's revision of it. */
  readonly revision?: number | undefined;
  /** What it says. */
  readonly desired?: readonly Desired[];
  /** What was to be done. */
  readonly plan?: Plan;
  /** What was done. */
  readonly applied?: Applied | undefined;
  /** Directories that are nobody's. */
  readonly foreign?: readonly string[];
  /** Stable words for what somebody should know. */
  readonly warnings?: readonly string[];
}

/** Makes the report of one settling. Pure. */
export function reportSet(input: ReportInput): SetReport {
  const { inForce, plan, applied, foreign = [], warnings = [], revision } = input;
  const { written = [], removed = [] } = applied ?? {};
  const trouble = input.trouble ?? planTrouble(plan, applied);
  const changed = written.length + removed.length;
  const spec = inForce && {
    version: inForce.specification.meta?.version,
    revision,
    sha256: inForce.specification.sha256,
    verifiedBy: inForce.specification.signers[0]?.hex,
  };
  return {
    result: trouble !== undefined ? "error" : changed > 0 ? "updated" : "unchanged",
    code: trouble?.code,
    reason: trouble?.reason ??
      (changed > 0
        ? `${written.length} written, ${removed.length} removed`
        : "all is as the list has it"),
    hint: trouble?.hint,
    machines: machineReports(input),
    written,
    removed,
    spec,
    directories: [
      ...written.map(managerName),
      ...removed.flatMap((name) => [managerName(name), name]),
    ],
    foreign,
    warnings,
  };
}

function planTrouble(plan: Plan | undefined, applied: Applied | undefined): Trouble | undefined {
  const [failure] = applied?.failed ?? [];
  if (failure !== undefined) {
    return { code: "disk", reason: failure[1].message, hint: undefined };
  }
  const held = plan?.steps.some(({ code }) => code === "purge_guard") ?? false;
  if (!held || plan?.blocked === undefined) return undefined;
  return {
    code: "purge_guard",
    reason: `Cannot remove machines: ${plan.blocked}`,
    hint: 'sign a list whose "_spec" names them in "allow_purge", or turn the guard off',
  };
}

function machineReports({ desired = [], plan, applied }: ReportInput): readonly MachineReport[] {
  const steps = new Map((plan?.steps ?? []).map((step) => [step.name, step]));
  const listed = desired.map(({ machine: { name }, wanted, code, reason }): MachineReport => {
    const step = steps.get(name);
    const failure = applied?.failed.get(name);
    steps.delete(name);
    if (failure !== undefined) return { name, wanted, code: "disk", reason: failure.message };
    return { name, wanted, code: step?.code ?? code, reason: step?.why ?? reason };
  });
  const others = [...steps.values()].map(({ name, code, why }): MachineReport => {
    const failure = applied?.failed.get(name);
    if (failure !== undefined) {
      return { name, wanted: false, code: "disk", reason: failure.message };
    }
    return { name, wanted: false, code, reason: why };
  });
  return [...listed, ...others];
}
