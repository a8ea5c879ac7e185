import type { Log } from "../ports/log.ts";
import type { Ports } from "../ports/ports.ts";
import { parseDuration } from "../util/duration.ts";
import { boundLog } from "./bound_log.ts";
import type { MachineDefinition, WatcherDefinition } from "./definition.ts";
import { ManifestError } from "./manifest_error.ts";
import type { Watcher, WatcherType } from "./watcher.ts";

/** A watcher that is ready to look, with its times worked out. */
export interface AssembledWatcher {
  /** What the manifest says. */
  readonly definition: WatcherDefinition;
  /** What looks. */
  readonly watcher: Watcher;
  /** Milliseconds between looks; undefined: only when something happens. */
  readonly intervalMs: number | undefined;
  /** Milliseconds between announcements; undefined: none. */
  readonly announceMs: number | undefined;
}

/** Options of {@linkcode assembleWatchers}. */
export interface AssembleOptions {
  /** The types that manifests may name. */
  readonly types: readonly WatcherType[];
  /** What watchers get, with a log that names machine and watcher. */
  readonly ports: Ports;
}

/**
 * Makes the watchers of a machine: names, types, intervals and properties are checked here, when the machine
 * is about to start, as in the reference. Throws ManifestError with code `manifest_watcher`.
 */
export function assembleWatchers(
  definition: MachineDefinition,
  options: AssembleOptions,
): readonly AssembledWatcher[] {
  const types = new Map(options.types.map((type) => [type.type, type]));
  const names = new Set<string>();
  return definition.watchers.map((watcher, index) => {
    const { name, type: typeName } = watcher;
    const refuse = (key: string, reason: string, cause?: unknown): ManifestError =>
      new ManifestError({
        reason,
        code: "manifest_watcher",
        file: definition.name,
        path: `watchers[${index}].${key}`,
        cause,
      });
    if (name === "") throw refuse("name", "name is required");
    if (names.has(name)) throw refuse("name", `watcher ${name} already exist`);
    names.add(name);
    const type = types.get(typeName);
    if (type === undefined) throw refuse("type", `unknown watcher '${typeName}'`);
    const log = boundLog(options.ports.log, { machine: definition.name, watcher: name });
    let made: Watcher;
    try {
      made = type.create(watcher.properties ?? {}, { ...options.ports, log });
    } catch (cause) {
      const why = `could not set properties: ${messageOf(cause)}`;
      throw refuse("properties", `could not create ${typeName} watcher '${name}': ${why}`, cause);
    }
    try {
      const announceMs = parseDuration(watcher.announceInterval ?? "");
      return {
        definition: watcher,
        watcher: made,
        intervalMs: intervalOf(watcher, made),
        announceMs: announceMs > 0 ? announceMs : undefined,
      };
    } catch (cause) {
      const reason = `could not create ${typeName} watcher '${name}': ${messageOf(cause)}`;
      throw refuse("interval", reason, cause);
    }
  });
}

/** Has watchers let go of what they hold. Never rejects: one that fails is told, and the others go on. */
export async function disposeWatchers(
  watchers: readonly AssembledWatcher[],
  log: Log,
): Promise<void> {
  for (const { watcher, definition } of watchers) {
    try {
      await watcher[Symbol.asyncDispose]?.();
    } catch (error) {
      log.error("A watcher did not end well", {
        watcher: definition.name,
        reason: messageOf(error),
      });
    }
  }
}

function intervalOf(definition: WatcherDefinition, watcher: Watcher): number | undefined {
  const { minimumMs = 0, defaultMs } = watcher.pace ?? {};
  const given = parseDuration(definition.interval ?? "");
  if (given <= 0) return defaultMs;
  if (given < minimumMs) {
    const reason = `interval ${definition.interval} is too small`;
    throw new RangeError(reason);
  }
  return given;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
