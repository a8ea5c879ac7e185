/** A plan that was kept: what is to be published, and the revision that it was made against. */
export interface PlanFile {
  /** Bucket that it was made for. */
  readonly bucket: string;
  /** Key that it was made for. */
  readonly key: string;
  /** Newest revision when it was made; 0 when there was none. */
  readonly revision: number;
  /** The packed file, byte for byte. */
  readonly envelope: Uint8Array;
}

const FORMAT = "machinist-plan-1";

/** The text of a plan file. */
export function writePlanFile({ bucket, key, revision, envelope }: PlanFile): string {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(envelope);
  return `${JSON.stringify({ plan: FORMAT, bucket, key, revision, envelope: text })}\n`;
}

/** Reads a plan file; undefined when the bytes are something else. */
export function readPlanFile(bytes: Uint8Array): PlanFile | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { plan, bucket, key, revision, envelope } = value as Readonly<Record<string, unknown>>;
  if (
    plan !== FORMAT || typeof bucket !== "string" || typeof key !== "string" ||
    typeof revision !== "number" || !Number.isSafeInteger(revision) || typeof envelope !== "string"
  ) return undefined;
  return { bucket, key, revision, envelope: new TextEncoder().encode(envelope) };
}
