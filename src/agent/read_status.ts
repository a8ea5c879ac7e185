import type { Fs } from "../ports/fs.ts";
import { joinPath } from "../util/join_path.ts";
import { readFile } from "../util/read_file.ts";
import type { MachineReport, NodeStatus } from "./node_status.ts";

/** A status from the disk. */
export interface FoundStatus {
  /** What the agent wrote last. */
  readonly status: NodeStatus;
  /** How long ago, milliseconds. */
  readonly age: number;
}

/** Options of {@linkcode readNodeStatus}. */
export interface ReadStatusOptions {
  /** Absolute path of the agent's own files. */
  readonly state: string;
  /** The time, milliseconds since the epoch. */
  readonly now: number;
}

/** Bytes that a status may have. */
const MAX_STATUS_BYTES = 16 * 1024 * 1024;

/**
 * What the agent of a directory reported last, from its two halves where it runs as two processes; undefined
 * when none ever ran there.
 */
export function readNodeStatus(
  fs: Fs,
  { state, now }: ReadStatusOptions,
): FoundStatus | undefined {
  const whole = read(fs, joinPath(state, "status.json"), now);
  const host = read(fs, joinPath(state, "status-host.json"), now);
  const newest = whole ?? host;
  if (newest === undefined) return undefined;
  if (whole === undefined || host === undefined || host.age > whole.age + 60_000) return newest;
  return { age: Math.max(whole.age, host.age), status: merge(whole.status, host.status) };
}

function read(fs: Fs, path: string, now: number): FoundStatus | undefined {
  const info = fs.lstat(path);
  if (info?.kind !== "file") return undefined;
  const text = new TextDecoder().decode(readFile(fs, path, { limit: MAX_STATUS_BYTES }));
  const status: NodeStatus = JSON.parse(text);
  return { status, age: now - Date.parse(status.time) };
}

/** What one half knows of the list and the archives, with what the other knows of the machines that run. */
function merge(manage: NodeStatus, host: NodeStatus): NodeStatus {
  const running = new Map(host.machines.map((machine) => [machine.name, machine]));
  const known = new Set(manage.machines.map(({ name }) => name));
  return {
    ...manage,
    machines: [
      ...manage.machines.map((machine): MachineReport => {
        const other = running.get(machine.name);
        if (other === undefined) return machine;
        const { version, state, code, reason } = other;
        const why = machine.code === "ok" && code !== "pending" ? { code, reason } : {};
        return { ...machine, version, state, ...why };
      }),
      ...host.machines.filter(({ name }) => !known.has(name)),
    ],
  };
}
