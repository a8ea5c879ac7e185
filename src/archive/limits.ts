/** Bytes of an archive when no size was signed. */
export const MAX_ARCHIVE_BYTES = 128 * 1024 * 1024;
/** Bytes that the files of an archive may have together when no size was signed. */
export const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;
/** Who signs a large size may unpack this many times as much, if that is more than {@linkcode MAX_UNPACKED_BYTES}. */
export const UNPACKED_PER_SIGNED_BYTE = 4;
/** No signature makes this node unpack more. */
export const MAX_SIGNED_UNPACKED_BYTES = 8 * 1024 * 1024 * 1024;
/** Files and directories of an archive. */
export const MAX_ENTRIES = 10_000;
/** Components of a path, the top directory included. */
export const MAX_DEPTH = 32;
/** Bytes of a path. */
export const MAX_PATH_BYTES = 1024;
/** Bytes of one component of a path. */
export const MAX_COMPONENT_BYTES = 255;
/** Times that the unpacked bytes may be the packed ones. */
export const MAX_RATIO = 200;
/** Unpacked bytes below which the ratio is not looked at. */
export const RATIO_FREE_BYTES = 8 * 1024 * 1024;
/** Bytes of extended headers before one entry. */
export const MAX_HEADER_RUN_BYTES = 1024 * 1024;
/** Bytes of the sums file. */
export const MAX_SUMS_BYTES = 1024 * 1024;
/** Bytes of one line of the sums file: a digest, a path and what stands between. */
export const MAX_SUMS_LINE_BYTES = 4096;
/** Bytes that one read of a file takes at most. */
export const READ_BYTES = 256 * 1024;

/** What one archive may cost. */
export interface ArchiveLimits {
  /** Bytes of the archive itself. */
  readonly archiveBytes: number;
  /** Bytes of its files together. */
  readonly unpackedBytes: number;
  /** Files and directories. */
  readonly entries: number;
}

/** The limits for an archive whose signed size is `size`, or for one without. */
export function limitsFor(size: number | undefined): ArchiveLimits {
  const unpacked = Math.min((size ?? 0) * UNPACKED_PER_SIGNED_BYTE, MAX_SIGNED_UNPACKED_BYTES);
  return {
    archiveBytes: size ?? MAX_ARCHIVE_BYTES,
    unpackedBytes: Math.max(MAX_UNPACKED_BYTES, unpacked),
    entries: MAX_ENTRIES,
  };
}
