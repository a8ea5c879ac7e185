import type { NodeReach } from "../agent/permissions.ts";
import { MANIFEST_FILE, MAX_MANIFEST_BYTES, parseManifest } from "../machine/manifest.ts";
import type { Fs } from "../ports/fs.ts";
import { readState } from "../sets/state_file.ts";
import { readEnvelope } from "../spec/envelope.ts";
import { MAX_ENVELOPE_BYTES } from "../spec/limits.ts";
import { lint } from "../spec/lint.ts";
import { MANAGER_PREFIX } from "../spec/name.ts";
import { splitCommand } from "../util/shlex.ts";
import { absolutePath } from "./absolute_path.ts";
import { isNatsStore, natsSettings } from "./nats_settings.ts";
import type { NodeSettings } from "./node_settings.ts";
import { storeDirectory } from "./store.ts";
import type { Terminal } from "./terminal.ts";

/** What a node with these settings touches, and what could not be told from them. */
export interface ReachReport {
  /** For the list of permissions. */
  readonly reach: NodeReach;
  /** What somebody should know: one sentence each. */
  readonly notes: readonly string[];
}

/** Options of {@linkcode nodeReach}. */
export interface NodeReachOptions {
  /**
   * Whether the machines that stand in the directory are looked at for the commands that they run.
   * @default {true}
   */
  readonly look?: boolean;
}

/** Works out what a node touches, from its settings and from the machines that stand in its directory. */
export async function nodeReach(
  settings: NodeSettings,
  io: Terminal,
  { look = true }: NodeReachOptions = {},
): Promise<ReachReport> {
  const { input, directory, stateDirectory, role, manager, specFile } = settings;
  const notes: string[] = [];
  const fetches = role !== "host";
  const usesStore = fetches && manager && specFile === undefined;
  const hosts = settings.allowHosts ??
    (specFile === undefined ? [] : await sourcesOf(specFile, io));
  if (fetches && hosts.length === 0) {
    notes.push(
      "no download host is known: give --allow-host HOST for each, or add it to --allow-net",
    );
  }
  const reach: NodeReach = {
    directory,
    stateDirectory: stateDirectory.startsWith(`${directory}/`) ? undefined : stateDirectory,
    stores: usesStore
      ? isNatsStore(input) ? natsSettings(input, io).servers : [`file:${storeDirectory(input, io)}`]
      : [],
    downloadHosts: fetches ? hosts : [],
    reads: settings.files,
    commands: role === "manage" || !look ? [] : commandsOf(io.fs, directory, notes),
    identityGiven: settings.identity !== undefined,
  };
  return { reach, notes };
}

/** Hosts that a packed list downloads from. */
async function sourcesOf(file: string, io: Terminal): Promise<readonly string[]> {
  const envelope = readEnvelope(await io.readFile(file, MAX_ENVELOPE_BYTES));
  const urls = lint(envelope.payload).machines.flatMap(({ source, extension }) => [
    source,
    ...extension.mirrors ?? [],
  ]);
  return urls.filter((url) => URL.canParse(url)).map((url) => {
    const { hostname, port, protocol } = new URL(url);
    return `${hostname}:${port === "" ? protocol === "https:" ? "443" : "80" : port}`;
  });
}

/** What the exec watchers in a machines directory run: paths, or names to be found on PATH. */
function commandsOf(fs: Fs, directory: string, notes: string[]): readonly string[] {
  const commands: string[] = [];
  if (fs.lstat(directory)?.kind !== "directory") return commands;
  for (const { name, kind } of fs.readDir(directory)) {
    const folder = `${directory}/${name}`;
    const skipped = name === "tmp" || name.startsWith(".") || name.startsWith(MANAGER_PREFIX);
    if (kind !== "directory" || skipped) continue;
    if (fs.lstat(`${folder}/${MANIFEST_FILE}`)?.kind !== "file") continue;
    try {
      const { definition } = parseManifest(
        readState(fs, `${folder}/${MANIFEST_FILE}`, MAX_MANIFEST_BYTES) ?? "",
      );
      for (const { type, properties } of definition.watchers) {
        if (type !== "exec") continue;
        const [command] = splitCommand(String(properties?.["command"] ?? ""));
        if (command === undefined) continue;
        const inside = !command.startsWith("/") && command.includes("/");
        commands.push(inside ? absolutePath(command, folder) : command);
      }
    } catch (error) {
      notes.push(`${folder}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return commands;
}
