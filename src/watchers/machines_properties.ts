import { duration, flag, integer, oneOf, text, texts } from "../machine/field.ts";
import { readProperties } from "../machine/properties.ts";
import type { Data } from "../machine/watcher.ts";
import type { Log } from "../ports/log.ts";
import { PublicKey } from "../spec/public_key.ts";

/** How often managers verify their machines when the manifest does not say, as in the reference. */
const DEFAULT_MANAGE_MS = 120_000;

/** Shortest interval that the managers' `archive` watchers take. */
const MINIMUM_MANAGE_MS = 10_000;

const PROPERTIES = {
  data_item: text().required(),
  public_key: texts(),
  public_keys: texts(),
  threshold: integer().default(1),
  purge_unknown: flag().default(false),
  purge_guard: flag().default(true),
  purge_empty: oneOf("guard", "choria").default("guard"),
  machine_manage_interval: duration().alias("machinemanageinterval").default(0),
  channel: text(),
  min_version: integer(),
  require_version: flag().default(false),
};

/** The properties of a `machines` watcher, checked. */
export interface MachinesProperties {
  /** Which data item holds the specification. */
  readonly dataItem: string;
  /** Keys that may sign; none: whoever writes the item decides. */
  readonly keys: readonly PublicKey[];
  /** How many of them must sign. */
  readonly threshold: number;
  /** Whether machines that a verified list does not want here are removed. */
  readonly purge: boolean;
  /** Whether removals that look like a mistake are held. */
  readonly purgeGuard: boolean;
  /** What an empty list does. */
  readonly purgeEmpty: "guard" | "choria";
  /** Milliseconds between two checks of an installed machine. */
  readonly manageIntervalMs: number;
  /** The fleet that lists must be for. */
  readonly channel: string | undefined;
  /** The oldest version that is taken. */
  readonly minVersion: number | undefined;
  /** Whether lists must have a version. */
  readonly requireVersion: boolean;
}

/** Reads the properties and says aloud what is dangerous. Throws TypeError, RangeError and KeyError. */
export function readMachinesProperties(properties: Data, log: Log): MachinesProperties {
  const read = readProperties(properties, PROPERTIES, { log });
  const given = [...read.public_key ?? [], ...read.public_keys ?? []];
  const keys = readKeys(given);
  if (keys.length === 0 && (read.public_key ?? read.public_keys) !== undefined) {
    throw new TypeError('Cannot read property "public_key": it is there, but has no key');
  }
  if (keys.length === 0) {
    log.warn(
      "No public key is set: whoever can write the specification decides what runs on this node",
    );
  } else if (read.threshold < 1 || read.threshold > keys.length) {
    throw new RangeError(
      `Cannot read property "threshold": it is ${read.threshold}, and there are ${keys.length} keys`,
    );
  }
  return {
    dataItem: read.data_item,
    keys: warnOfPublished(keys, log),
    threshold: read.threshold,
    purge: read.purge_unknown,
    purgeGuard: read.purge_guard,
    purgeEmpty: read.purge_empty,
    manageIntervalMs: manageInterval(read.machine_manage_interval, log),
    channel: read.channel,
    minVersion: read.min_version,
    requireVersion: read.require_version,
  };
}

function readKeys(texts: readonly string[]): readonly PublicKey[] {
  const keys = new Map(texts.map((text) => PublicKey.parse(text)).map((key) => [key.hex, key]));
  return [...keys.values()];
}

function warnOfPublished(keys: readonly PublicKey[], log: Log): readonly PublicKey[] {
  if (keys.some((key) => key.isPublished)) {
    log.warn(
      "A public key is the one of the documentation, whose private key is printed there: anybody can sign for this node",
    );
  }
  return keys;
}

function manageInterval(ms: number, log: Log): number {
  if (ms <= 0) return DEFAULT_MANAGE_MS;
  if (ms >= MINIMUM_MANAGE_MS) return ms;
  log.warn("The interval of managers is too small and raised", { to_ms: MINIMUM_MANAGE_MS });
  return MINIMUM_MANAGE_MS;
}
