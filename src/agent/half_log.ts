import type { Log, LogFields } from "../ports/log.ts";

/** Codes that say only that the other half of the node runs a machine: as it should be, and no news. */
export const OTHER_HALF: ReadonlySet<unknown> = new Set(["manage_only", "host_only"]);

/** A log that keeps to itself what the other half of the node runs. */
export function halfLog(log: Log): Log {
  const at = (level: keyof Log) => (message: string, fields?: LogFields) => {
    if (!OTHER_HALF.has(fields?.["code"])) log[level](message, fields);
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
