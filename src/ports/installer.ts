/**
 * Downloads, verifies and installs archives. A port because the work runs off the main thread: `archive/`
 * does it, `worker/` carries it over, tests call it directly.
 */
export interface Installer {
  /** Makes `<target>/<creates>` exactly what was signed; does nothing when it is already. */
  install(request: InstallRequest, options: InstallOptions): Promise<InstallReport>;
  /** Compares an installed tree with its signed sums, both ways. Never throws for what it finds. */
  check(request: CheckRequest, options?: CheckOptions): Promise<CheckReport>;
}

/** Which archive, from where, to where. All strings are final: templates are expanded already. */
export interface InstallRequest {
  /** `http:` or `https:` URLs, tried in order. */
  readonly sources: readonly string[];
  /** SHA-256 of the archive, 64 lower-case hex digits. */
  readonly checksum: string;
  /** Name of the sums file inside the archive: `SHA256SUMS`. */
  readonly verify: string;
  /** SHA-256 of the sums file, 64 lower-case hex digits. */
  readonly verifyChecksum: string;
  /** Top directory of the archive, and name of the installed directory. */
  readonly creates: string;
  /** Absolute path of the machines directory. */
  readonly target: string;
  /** Size of the archive in bytes, when it was signed. */
  readonly size?: number;
  /** Basic authentication, sent only to the origin of the source it was given for. */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** Whole time for the download, milliseconds. */
  readonly timeoutMs?: number;
  /** Hosts (`host` or `host:port`) that may be asked; undefined: any but link-local ones. */
  readonly allowHosts?: readonly string[];
  /** Files and directories that may exist beside what is signed: exact relative paths, or `dir/` prefixes. */
  readonly allowUnlisted?: readonly string[];
}

/** Options of {@linkcode Installer.install}. */
export interface InstallOptions {
  /** Abandons the work; whatever stands in place stays. */
  readonly signal: AbortSignal;
  /** Stops what runs from the directory for the moment of the swap. */
  readonly hold?: (directory: string) => Promise<AsyncDisposable>;
  /** Called now and then while bytes arrive. */
  readonly onProgress?: (done: number, total: number | undefined) => void;
}

/** What an install did. */
export interface InstallReport {
  /** `unchanged`: it was already there and verified. */
  readonly result: "installed" | "unchanged";
  /** SHA-256 of the archive that stands in place. */
  readonly checksum: string;
  /** What was wrong with the tree before, when something was repaired. */
  readonly repaired?: readonly Difference[];
  /** Bytes downloaded; 0 when the local cache had them. */
  readonly downloaded: number;
}

/** Which tree to compare. */
export interface CheckRequest {
  /** Absolute path of the machines directory. */
  readonly target: string;
  /** Name of the installed directory. */
  readonly creates: string;
  /** Name of the sums file. */
  readonly verify: string;
  /** SHA-256 of the sums file. */
  readonly verifyChecksum: string;
  /** As in {@linkcode InstallRequest.allowUnlisted}. */
  readonly allowUnlisted?: readonly string[];
}

/** Options of {@linkcode Installer.check}. */
export interface CheckOptions {
  /** Abandons the check. */
  readonly signal?: AbortSignal;
  /**
   * `stat` trusts files whose (dev, ino, size, mode, mtime, ctime) are as at the last full hash; `full` hashes all.
   * @default {"stat"}
   */
  readonly depth?: "stat" | "full";
}

/** What a check found. */
export interface CheckReport {
  /** `absent`: there is no directory; `different`: see `differences`. */
  readonly result: "verified" | "different" | "absent";
  /** At most {@linkcode MAX_DIFFERENCES} of them, sorted by path. */
  readonly differences: readonly Difference[];
  /** Files looked at. */
  readonly files: number;
  /** Bytes hashed. */
  readonly hashed: number;
}

/** One way in which a tree is not what was signed. */
export interface Difference {
  /** Path relative to the installed directory. */
  readonly path: string;
  /** What is wrong. */
  readonly kind: "changed" | "missing" | "unlisted" | "type" | "mode" | "unreadable" | "sums";
}

/** Differences that a report carries at most. */
export const MAX_DIFFERENCES = 100;
