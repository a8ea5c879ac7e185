/** This node, as match expressions and templates may ask about it. */
export interface Node {
  /** The node's name; `unknown` when nobody gave one. */
  readonly identity: string;
  /** The node's facts; `{}` when no facts file is configured. Rejects when they cannot be read or parsed. */
  facts(options?: NodeOptions): Promise<Readonly<Record<string, unknown>>>;
  /** What a path is, links followed. Rejects when that cannot be told (no right, I/O error). */
  pathKind(path: string, options?: NodeOptions): Promise<"file" | "directory" | "other" | "absent">;
  /** Whether a command is found as Go's `exec.LookPath` finds it, `.` in PATH ignored. Rejects when that cannot be told. */
  hasCommand(name: string, options?: NodeOptions): Promise<boolean>;
}

/** Options of questions that may hang on a bad file system. */
export interface NodeOptions {
  /** Gives up. */
  readonly signal?: AbortSignal;
}
