/** Why a manifest is refused. */
export type ManifestErrorCode =
  | "manifest_size"
  | "manifest_text"
  | "manifest_yaml"
  | "manifest_limit"
  | "manifest_duplicate"
  | "manifest_type"
  | "manifest_invalid"
  | "manifest_watcher";

/** Options of {@linkcode ManifestError}. */
export interface ManifestErrorOptions {
  /** What is wrong, without the place. */
  readonly reason: string;
  /** Closed set. */
  readonly code: ManifestErrorCode;
  /**
   * The manifest's file, or the name of a machine without one.
   * @default {"machine.yaml"}
   */
  readonly file?: string;
  /**
   * Where in the manifest, for example `watchers[1].type`.
   * @default {""}
   */
  readonly path?: string;
  /** Line in the file, from 1. */
  readonly line?: number | undefined;
  /** What made it fail. */
  readonly cause?: unknown;
}

/** A `machine.yaml`, or a definition made in code, cannot be used. */
export class ManifestError extends Error {
  /** `ManifestError`. */
  override readonly name = "ManifestError";
  /** Closed set, for callers that branch. */
  readonly code: ManifestErrorCode;
  /** The manifest's file, or the name of a machine without one. */
  readonly file: string;
  /** Where in the manifest, for example `watchers[1].type`; empty for the whole. */
  readonly path: string;
  /** Line in the file, from 1. */
  readonly line: number | undefined;
  /** What is wrong, without the place. */
  readonly reason: string;

  /** The message names file, place and line. */
  constructor(options: ManifestErrorOptions) {
    const { reason, code, file = "machine.yaml", path = "", line } = options;
    const place = [path, line === undefined ? "" : `line ${line}`].filter((part) => part !== "");
    const where = place.length === 0 ? "" : ` (${place.join(", ")})`;
    super(`Cannot load machine "${file}": ${reason}${where}`, { cause: options.cause });
    this.reason = reason;
    this.code = code;
    this.file = file;
    this.path = path;
    this.line = line;
  }
}
