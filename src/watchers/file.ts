import { flag, text } from "../machine/field.ts";
import { readProperties } from "../machine/properties.ts";
import type {
  Data,
  MachineFacts,
  Outcome,
  WatchContext,
  Watcher,
  WatcherPace,
} from "../machine/watcher.ts";
import { FsError } from "../ports/fs.ts";
import type { Ports } from "../ports/ports.ts";
import { joinPath } from "../util/join_path.ts";
import { expand, failure, failureOf, LookError } from "./failure.ts";
import { manageFile, MAX_CONTENT_BYTES } from "./file_content.ts";
import { userId } from "./file_owner.ts";
import { placeFile } from "./file_place.ts";

/** The ports that {@linkcode FileWatcher} uses. */
export type FilePorts = Pick<Ports, "clock" | "fs" | "log">;

const DEFAULT_INTERVAL_MS = 5_000;
const MINIMUM_INTERVAL_MS = 500;

const PROPERTIES = {
  path: text().required(),
  gather_initial_state: flag().default(false),
  contents: text().alias("content"),
  owner: text().default(""),
  group: text().default(""),
  mode: text().default(""),
};

/** What identifies a version of a file without reading it. */
type Stamp = string;

/** Notices that a file has changed, or keeps it what the manifest says. */
export class FileWatcher implements Watcher {
  /** The name that manifests use. */
  static readonly type = "file";

  /** As `WatcherType` has it. */
  static create(properties: Data, ports: FilePorts): FileWatcher {
    return new FileWatcher(properties, ports);
  }

  /** How the loop treats this type. */
  readonly pace: WatcherPace;
  readonly #properties: ReturnType<typeof readFileProperties>;
  readonly #ports: FilePorts;
  #stamp: Stamp | undefined;
  #looked = false;

  /** Throws TypeError or RangeError naming the property. */
  constructor(properties: Data, ports: FilePorts) {
    this.#properties = readFileProperties(properties, ports);
    this.#ports = ports;
    this.pace = {
      // Only a first look that is to be forgotten must not wait for the first interval.
      atStart: this.#properties.gather_initial_state,
      defaultMs: DEFAULT_INTERVAL_MS,
      minimumMs: MINIMUM_INTERVAL_MS,
    };
  }

  /** Looks at the file once. */
  async watch(context: WatchContext): Promise<Outcome> {
    let path: string | undefined;
    let outcome: Outcome;
    try {
      path = placeFile(this.#properties.path, context.machine);
      outcome = this.#properties.contents === undefined
        ? this.#stat(path)
        : await this.#manage(path, { contents: this.#properties.contents, context });
    } catch (error) {
      context.signal.throwIfAborted();
      outcome = failureOf(error);
    }
    this.#looked = true;
    return { ...outcome, details: { path: path ?? this.#properties.path } };
  }

  #stat(path: string): Outcome {
    const info = this.#ports.fs.lstat(path);
    if (info === undefined) {
      this.#stamp = undefined;
      return failure("not_found", `file "${path}" does not exist`);
    }
    const stamp = `${info.mtimeMs} ${info.size} ${info.dev} ${info.ino}`;
    if (stamp === this.#stamp) return unchanged(`file "${path}" has not changed`);
    this.#stamp = stamp;
    if (!this.#looked && this.#properties.gather_initial_state) {
      return unchanged(`file "${path}" is known from now on`);
    }
    return changed(`file "${path}" has changed`);
  }

  async #manage(
    path: string,
    { contents, context }: { readonly contents: string; readonly context: WatchContext },
  ): Promise<Outcome> {
    const { fs } = this.#ports;
    const field = (name: string, text: string) =>
      expand(name, { text, template: context.template });
    const bytes = new TextEncoder().encode(await field("contents", contents));
    if (bytes.length > MAX_CONTENT_BYTES) {
      return failure("too_large", `the contents have more than ${MAX_CONTENT_BYTES} bytes`);
    }
    const mode = readMode(await field("mode", this.#properties.mode));
    const owner = await field("owner", this.#properties.owner);
    const uid = userId(owner, fs);
    if (uid === undefined) return failure("owner", `there is no user "${owner}"`);
    if (uid !== fs.lstat(context.machine.stateDirectory)?.uid) {
      return failure(
        "owner_unsupported",
        `only the agent's own user can own files, not "${owner}"`,
      );
    }
    this.#checkParents(path, context.machine);
    return manageFile(fs, path, { bytes, mode, uid })
      ? changed(`file "${path}" was written`)
      : unchanged(`file "${path}" is as it should be`);
  }

  /** Inside the machine's directory nothing is written through a link. */
  #checkParents(path: string, { directory }: MachineFacts): void {
    if (!path.startsWith(`${directory}/`)) return;
    const parts = path.slice(directory.length + 1).split("/").slice(0, -1);
    let parent = directory;
    for (const part of parts) {
      parent = joinPath(parent, part);
      const kind = this.#ports.fs.lstat(parent)?.kind;
      if (kind !== "directory") {
        throw new FsError(`Cannot write file "${path}": "${parent}" is not a directory`, {
          code: kind === undefined ? "not_found" : "not_a_directory",
          path: parent,
        });
      }
    }
  }
}

function readFileProperties(properties: Data, ports: Pick<Ports, "log">) {
  const read = readProperties(properties, PROPERTIES, { log: ports.log });
  if (read.contents === undefined) return read;
  for (const name of ["owner", "group", "mode"] as const) {
    if (read[name] !== "") continue;
    throw new TypeError(
      `Cannot read property "${name}": ${name} is required when managing content`,
    );
  }
  if (!read.mode.includes("{{")) readMode(read.mode);
  ports.log.warn("The group of a managed file is not set, it stays the agent's own", {
    path: read.path,
  });
  return read;
}

/** Permission bits as octal digits, with or without a leading zero; no setuid, setgid or sticky bit. */
function readMode(mode: string): number {
  if (/^0{0,2}[0-7]{3}$/.test(mode)) return Number.parseInt(mode, 8);
  throw new LookError(
    `Cannot read property "mode": it is "${mode}", invalid mode, must be a string like 0700`,
    { code: "mode" },
  );
}

function changed(reason: string): Outcome {
  return { result: "success", state: "changed", reason };
}

function unchanged(reason: string): Outcome {
  return { result: "unchanged", state: "unchanged", reason };
}
