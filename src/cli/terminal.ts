import type { Fs } from "../ports/fs.ts";

/** All that a command asks of the world around it: text in, text out, files, a few variables, signals. */
export interface Terminal {
  /** Writes to standard output: results, and nothing else. */
  write(text: string): void;
  /** Writes to standard error: progress, warnings, logs. */
  note(text: string): void;
  /**
   * All of a file that the caller named, links followed, `-` for standard input; at most `limit` bytes,
   * RangeError beyond. Not for what stands in a machines directory: that is read through `fs`.
   */
  readFile(path: string, limit: number): Promise<Uint8Array>;
  /** The text of a file that the caller named, links followed, at once; undefined when there is none. */
  readText(path: string): string | undefined;
  /** An environment variable; undefined when it is not set or may not be read. */
  env(name: EnvironmentName): string | undefined;
  /** Calls `handler` at each signal until disposed. */
  onSignal(name: SignalName, handler: () => void): Disposable;
  /** Ends the process at once: only for a second signal while stopping. */
  exit(code: number): void;
  /** Whether standard output is a terminal. */
  readonly screen: boolean;
  /** Whether standard error is a terminal: then a person looks on, and progress may be drawn. */
  readonly interactive: boolean;
  /** Whether colour is welcome on standard output. */
  readonly colour: boolean;
  /** Absolute path of the working directory. */
  readonly cwd: string;
  /** Files. */
  readonly fs: Fs;
}

/** Signals that a command may hear. */
export type SignalName = "SIGINT" | "SIGTERM" | "SIGHUP";

/** The variables that are read, and no others. */
export type EnvironmentName =
  | "KEY"
  | "HOME"
  | "XDG_CONFIG_HOME"
  | "MACHINIST_CONFIG"
  | "MACHINIST_IDENTITY"
  | "MACHINIST_PUBLIC_KEY"
  | "MACHINIST_STORE"
  | "NATS_CA"
  | "NATS_CERT"
  | "NATS_CONTEXT"
  | "NATS_CREDS"
  | "NATS_KEY"
  | "NATS_NKEY"
  | "NATS_PASSWORD"
  | "NATS_URL"
  | "NATS_USER";
