/** Bytes of one envelope: what NATS carries in one message by default. */
export const MAX_ENVELOPE_BYTES = 1024 * 1024;
/** Bytes of the decoded payload: what fits into an envelope as base64. */
export const MAX_PAYLOAD_BYTES = 768 * 1024;
/** Machines in one specification, the `_spec` element not counted. */
export const MAX_MACHINES = 1_000;
/** Objects and arrays inside one another, in the envelope and in the payload. */
export const MAX_DEPTH = 16;
/** Bytes of one string of the payload. */
export const MAX_STRING_BYTES = 8 * 1024;
/** Characters of a machine's name: room for the prefixes and suffixes of directories in 255 bytes. */
export const MAX_NAME_LENGTH = 64;
/** Signatures in one envelope beside the first, and keys in one set. */
export const MAX_SIGNATURES = 16;
/** Greatest version: what is above is taken for an attempt to lock everybody out (fast-forward). */
export const MAX_VERSION = 2 ** 48;
/** Revoked keys that one specification may name. */
export const MAX_REVOKED = 256;
/** Mirrors of one archive. */
export const MAX_MIRRORS = 16;
/** Paths that one machine may exempt from the check for unlisted files. */
export const MAX_ALLOW_UNLISTED = 100;
/** Greatest size of an archive that may be signed: 1 TiB. */
export const MAX_SIGNED_SIZE = 2 ** 40;
/** Greatest time for a download that may be signed: one day. */
export const MAX_TIMEOUT_MS = 86_400_000;
/** Greatest time over which a fleet may be told to spread its downloads: one day. */
export const MAX_SPLAY_MS = 86_400_000;
