import type { Difference } from "../ports/installer.ts";
import type { Fs } from "../ports/fs.ts";
import { sha256 } from "../util/digest.ts";
import { readFile } from "../util/read_file.ts";
import { type Checksums, parseChecksums } from "./checksums.ts";
import { ArchiveError } from "./errors.ts";
import { type HashFiles, hashFiles, kindOfFailure } from "./hash_files.ts";
import { type InstalledRecord, recordModes } from "./installed.ts";
import { MAX_SUMS_BYTES } from "./limits.ts";
import { type ExpectedTree, inspectTree, sortDifferences } from "./verify_tree.ts";

/** The anchor of a tree: everything else follows from the digest of its sums file. */
export interface TreeAnchor {
  /** Name of the sums file. */
  readonly verify: string;
  /** SHA-256 of the sums file. */
  readonly verifyChecksum: string;
  /** As in `InstallRequest.allowUnlisted`. */
  readonly allowUnlisted?: readonly string[];
}

/** The sums of a tree as they were signed, or why they cannot be had from it. */
export type SignedSums =
  | { readonly sums: Checksums }
  | { readonly difference: Difference };

/** Reads the sums file of a tree and checks it against its digest. The root must be known to be a directory. */
export function readSignedSums(
  fs: Pick<Fs, "open">,
  root: string,
  anchor: TreeAnchor,
): SignedSums {
  const { verify, verifyChecksum } = anchor;
  try {
    const bytes = readFile(fs, `${root}/${verify}`, { limit: MAX_SUMS_BYTES });
    if (sha256(bytes) !== verifyChecksum) return { difference: { path: verify, kind: "sums" } };
    return { sums: parseChecksums(bytes, { self: verify }) };
  } catch (error) {
    const unusable = error instanceof RangeError || error instanceof ArchiveError;
    const kind = unusable ? "sums" : kindOfFailure(error);
    return { difference: { path: verify, kind: kind === "missing" ? "missing" : "sums" } };
  }
}

/** What a tree must be: its sums, the sums file itself, and the modes when they are remembered of this very tree. */
export function expectedTree(
  sums: Checksums,
  anchor: TreeAnchor & { readonly record?: InstalledRecord | undefined },
): ExpectedTree {
  const { record } = anchor;
  const remembered = record !== undefined && record.verifyChecksum === anchor.verifyChecksum;
  return {
    files: new Map([...sums, [anchor.verify, anchor.verifyChecksum]]),
    ...(remembered && { modes: recordModes(record) }),
    ...(anchor.allowUnlisted !== undefined && { allowUnlisted: anchor.allowUnlisted }),
  };
}

/** Reads every file of a tree and compares all there is; the differences, none when it is exactly what was signed. */
export async function compareTree(
  fs: Fs,
  root: string,
  options: TreeAnchor & {
    readonly record?: InstalledRecord | undefined;
    readonly hash?: HashFiles | undefined;
  },
): Promise<readonly Difference[]> {
  const info = fs.lstat(root);
  if (info?.kind !== "directory") {
    return [{ path: "", kind: info === undefined ? "missing" : "type" }];
  }
  const signed = readSignedSums(fs, root, options);
  if ("difference" in signed) return [signed.difference];
  const { differences, jobs } = inspectTree(fs, root, expectedTree(signed.sums, options));
  const { hash = (at, list) => Promise.resolve(hashFiles(fs, at, list)) } = options;
  const hashed = await hash(root, jobs);
  return sortDifferences([...differences, ...hashed.differences]);
}
