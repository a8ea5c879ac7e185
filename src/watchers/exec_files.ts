import { type Fs, FsError } from "../ports/fs.ts";
import { joinPath } from "../util/join_path.ts";

/** Options of {@linkcode ExecFiles}. */
export interface ExecFilesOptions {
  /** Absolute path of the agent's own state; the files stand in `exec/` below it. */
  readonly stateDirectory: string;
  /** Start of the names; two runs at one time have two of them. */
  readonly prefix: string;
  /** The machine's data. */
  readonly data: unknown;
  /** The node's facts. */
  readonly facts: unknown;
}

/** The two files that a command finds through its environment; gone when disposed. */
export class ExecFiles implements Disposable {
  /** Path for `WATCHER_DATA`. */
  readonly data: string;
  /** Path for `WATCHER_FACTS`. */
  readonly facts: string;
  readonly #fs: Fs;

  /** Writes nothing yet: {@linkcode ExecFiles.write} does. */
  constructor(fs: Fs, options: Pick<ExecFilesOptions, "stateDirectory" | "prefix">) {
    this.#fs = fs;
    const directory = joinPath(options.stateDirectory, "exec");
    this.data = joinPath(directory, `${options.prefix}.data.json`);
    this.facts = joinPath(directory, `${options.prefix}.facts.json`);
  }

  /** Writes both, readable by nobody else. */
  static write(fs: Fs, options: ExecFilesOptions): ExecFiles {
    makeDirectory(fs, joinPath(options.stateDirectory, "exec"));
    const files = new ExecFiles(fs, options);
    try {
      writeJson(fs, files.data, options.data);
      writeJson(fs, files.facts, options.facts);
      return files;
    } catch (error) {
      files[Symbol.dispose]();
      throw error;
    }
  }

  /** Removes both. What cannot be removed is left to the agent's next start. */
  [Symbol.dispose](): void {
    for (const path of [this.data, this.facts]) {
      try {
        this.#fs.removeTree(path);
      } catch (error) {
        if (!(error instanceof FsError)) throw error;
      }
    }
  }
}

function makeDirectory(fs: Fs, path: string): void {
  if (fs.lstat(path)?.kind === "directory") return;
  try {
    fs.mkdir(path, 0o700);
  } catch (error) {
    if (!(error instanceof FsError) || error.code !== "exists") throw error;
  }
}

function writeJson(fs: Fs, path: string, value: unknown): void {
  // An earlier run of the same watcher may not have been able to remove its own.
  fs.removeTree(path);
  using file = fs.create(path, 0o600);
  file.write(new TextEncoder().encode(JSON.stringify(value)));
}
