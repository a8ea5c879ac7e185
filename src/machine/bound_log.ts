import type { Log, LogFields } from "../ports/log.ts";

/** A log whose lines all carry `fields`, for example the names of a machine and its watcher. */
export function boundLog(log: Log, fields: LogFields): Log {
  return {
    debug: (message, more) => log.debug(message, { ...fields, ...more }),
    info: (message, more) => log.info(message, { ...fields, ...more }),
    warn: (message, more) => log.warn(message, { ...fields, ...more }),
    error: (message, more) => log.error(message, { ...fields, ...more }),
  };
}
