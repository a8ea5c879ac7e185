import portsFs from "../ports/fs.ts" with { type: "text" };
import portsInstaller from "../ports/installer.ts" with { type: "text" };
import archiveErrors from "../archive/errors.ts" with { type: "text" };
import archiveLimits from "../archive/limits.ts" with { type: "text" };
import archiveFileStamp from "../archive/file_stamp.ts" with { type: "text" };
import archiveHashFiles from "../archive/hash_files.ts" with { type: "text" };
import archiveSyncTree from "../archive/sync_tree.ts" with { type: "text" };
import archiveEntryPath from "../archive/entry_path.ts" with { type: "text" };
import archiveChecksums from "../archive/checksums.ts" with { type: "text" };
import archiveTarHeader from "../archive/tar_header.ts" with { type: "text" };
import archiveGunzip from "../archive/gunzip.ts" with { type: "text" };
import archivePathLedger from "../archive/path_ledger.ts" with { type: "text" };
import archiveVerifyTree from "../archive/verify_tree.ts" with { type: "text" };
import archiveTreeWriter from "../archive/tree_writer.ts" with { type: "text" };
import archivePax from "../archive/pax.ts" with { type: "text" };
import archiveUntar from "../archive/untar.ts" with { type: "text" };
import archiveUnpacking from "../archive/unpacking.ts" with { type: "text" };
import denoFsError from "../deno/fs_error.ts" with { type: "text" };
import denoFile from "../deno/file.ts" with { type: "text" };
import denoFs from "../deno/fs.ts" with { type: "text" };
import workerCrossedError from "./crossed_error.ts" with { type: "text" };
import workerWorkerMain from "./worker_main.ts" with { type: "text" };

/**
 * The modules that run inside a worker, as text, by path below `src/`: whatever is imported stands before who imports it, the
 * worker's own module last. A test compares the list with the imports.
 */
export const WORKER_SOURCES: ReadonlyMap<string, string> = new Map([
  ["ports/fs.ts", portsFs],
  ["ports/installer.ts", portsInstaller],
  ["archive/errors.ts", archiveErrors],
  ["archive/limits.ts", archiveLimits],
  ["archive/file_stamp.ts", archiveFileStamp],
  ["archive/hash_files.ts", archiveHashFiles],
  ["archive/sync_tree.ts", archiveSyncTree],
  ["archive/entry_path.ts", archiveEntryPath],
  ["archive/checksums.ts", archiveChecksums],
  ["archive/tar_header.ts", archiveTarHeader],
  ["archive/gunzip.ts", archiveGunzip],
  ["archive/path_ledger.ts", archivePathLedger],
  ["archive/verify_tree.ts", archiveVerifyTree],
  ["archive/tree_writer.ts", archiveTreeWriter],
  ["archive/pax.ts", archivePax],
  ["archive/untar.ts", archiveUntar],
  ["archive/unpacking.ts", archiveUnpacking],
  ["deno/fs_error.ts", denoFsError],
  ["deno/file.ts", denoFile],
  ["deno/fs.ts", denoFs],
  ["worker/crossed_error.ts", workerCrossedError],
  ["worker/worker_main.ts", workerWorkerMain],
]);
