import type { WatcherType } from "../machine/watcher.ts";
import { ArchiveWatcher } from "./archive.ts";
import { ExecWatcher } from "./exec.ts";
import { ExpressionWatcher } from "./expression.ts";
import { FileWatcher } from "./file.ts";
import { KvWatcher } from "./kv.ts";
import { MachinesWatcher } from "./machines.ts";
import { ScheduleWatcher } from "./schedule.ts";
import { TimerWatcher } from "./timer.ts";

/** The watcher types that manifests may name unless a program brings its own. */
export const BUILT_IN_WATCHERS: readonly WatcherType[] = [
  ArchiveWatcher,
  ExecWatcher,
  ExpressionWatcher,
  FileWatcher,
  KvWatcher,
  MachinesWatcher,
  ScheduleWatcher,
  TimerWatcher,
];
