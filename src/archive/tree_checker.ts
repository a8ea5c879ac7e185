import type { Clock } from "../ports/clock.ts";
import type { Fs } from "../ports/fs.ts";
import type { CheckReport, CheckRequest } from "../ports/installer.ts";
import type { Checksums } from "./checksums.ts";
import { expectedTree, readSignedSums, type SignedSums } from "./expected_tree.ts";
import { type FileStamp, isSettled } from "./file_stamp.ts";
import type { HashFiles } from "./hash_files.ts";
import type { InstalledRecord } from "./installed.ts";
import { inspectTree, sortDifferences } from "./verify_tree.ts";

/**
 * Milliseconds in which the stamps of a tree that was just written are taken for its content. Too fresh to say something
 * for ever, they spare the check before the first start; the next one hashes.
 */
export const FRESH_MS = 5000;

/** Options of {@linkcode TreeChecker}. */
export interface TreeCheckerOptions {
  /** Files. */
  readonly fs: Fs;
  /** Time. */
  readonly clock: Clock;
  /** Hashes files, here or elsewhere. */
  readonly hash: HashFiles;
}

/** Options of {@linkcode TreeChecker.check}. */
export interface TreeCheckOptions {
  /** Hashes every file, whatever its stamp says. */
  readonly full: boolean;
  /** What is remembered of the tree. */
  readonly record: InstalledRecord | undefined;
}

/** What is known of one tree: only of the one that `verifyChecksum` names. */
interface Known {
  readonly verifyChecksum: string;
  /** What may be unlisted: stamps of directories say that nothing else is in them. */
  readonly allowed: string;
  readonly sums: Checksums;
  stamps: ReadonlyMap<string, FileStamp>;
  fresh?: { readonly stamps: ReadonlyMap<string, FileStamp>; readonly until: number };
}

/** Compares trees with their sums, and remembers the stamps of files that were right, so that the next check only looks. */
export class TreeChecker {
  readonly #options: TreeCheckerOptions;
  readonly #known = new Map<string, Known>();

  constructor(options: TreeCheckerOptions) {
    this.#options = options;
  }

  /** Compares `<target>/<creates>` with what was signed. */
  async check(request: CheckRequest, options: TreeCheckOptions): Promise<CheckReport> {
    const { fs, clock, hash } = this.#options;
    const root = rootOf(request);
    const takenMs = clock.now();
    const kind = fs.lstat(root)?.kind;
    if (kind === undefined) return report("absent");
    if (kind !== "directory") return report("different", { path: "", kind: "type" });
    const signed = this.#signed(root, request);
    if ("difference" in signed) return report("different", signed.difference);
    const known = this.#stamps(root);
    const inspection = inspectTree(fs, root, {
      ...expectedTree(signed.sums, { ...request, record: options.record }),
      ...(!options.full && known !== undefined && { known }),
    });
    const hashed = inspection.jobs.length === 0
      ? { differences: [], hashed: 0 }
      : await hash(root, inspection.jobs);
    const wrong = new Set(hashed.differences.map(({ path }) => path));
    const right = inspection.jobs.map(({ stamp }) => stamp).filter(({ path }) => !wrong.has(path));
    const stamps = [...right, ...inspection.directories]
      .filter((stamp) => isSettled(stamp, takenMs));
    this.learn(request, { stamps, wrong });
    const differences = sortDifferences([...inspection.differences, ...hashed.differences]);
    return {
      result: differences.length === 0 ? "verified" : "different",
      differences,
      files: inspection.files,
      hashed: hashed.hashed,
    };
  }

  /** Remembers a tree that was just installed, and the stamps of its files. */
  begin(request: CheckRequest, stamps: readonly FileStamp[]): void {
    const root = rootOf(request);
    this.forget(request);
    this.#signed(root, request);
    const known = this.#known.get(root);
    if (known === undefined) return;
    const until = this.#options.clock.monotonic() + FRESH_MS;
    known.fresh = { stamps: new Map(stamps.map((stamp) => [stamp.path, stamp])), until };
  }

  /** Remembers stamps of files that are right, and forgets those of files that are wrong. */
  learn(
    request: CheckRequest,
    lesson: { readonly stamps: readonly FileStamp[]; readonly wrong: ReadonlySet<string> },
  ): void {
    const known = this.#known.get(rootOf(request));
    if (known === undefined || (lesson.stamps.length === 0 && lesson.wrong.size === 0)) return;
    if (lesson.wrong.size > 0) delete known.fresh;
    const stamps = new Map(known.stamps);
    for (const path of lesson.wrong) stamps.delete(path);
    for (const stamp of lesson.stamps) stamps.set(stamp.path, stamp);
    known.stamps = stamps;
  }

  /** Forgets a tree. */
  forget(request: CheckRequest): void {
    this.#known.delete(rootOf(request));
  }

  #stamps(root: string): ReadonlyMap<string, FileStamp> | undefined {
    const known = this.#known.get(root);
    if (known?.fresh === undefined) return known?.stamps;
    if (this.#options.clock.monotonic() < known.fresh.until) return known.fresh.stamps;
    delete known.fresh;
    return known.stamps;
  }

  #signed(root: string, request: CheckRequest): SignedSums {
    const known = this.#known.get(root);
    // Parsed sums are as good as their digest; the file itself is checked with all the others.
    const allowed = JSON.stringify(request.allowUnlisted ?? []);
    if (known?.verifyChecksum === request.verifyChecksum && known.allowed === allowed) return known;
    const signed = readSignedSums(this.#options.fs, root, request);
    if ("difference" in signed) {
      this.#known.delete(root);
      return signed;
    }
    const { verifyChecksum } = request;
    this.#known.set(root, { verifyChecksum, allowed, sums: signed.sums, stamps: new Map() });
    return signed;
  }
}

function rootOf(request: CheckRequest): string {
  return `${request.target}/${request.creates}`;
}

function report(
  result: "absent" | "different",
  ...differences: CheckReport["differences"]
): CheckReport {
  return { result, differences, files: 0, hashed: 0 };
}
