import { createGunzip, type Gunzip as ZlibGunzip } from "node:zlib";
import { ArchiveError } from "./errors.ts";
import { MAX_RATIO, RATIO_FREE_BYTES } from "./limits.ts";
import { isZero } from "./tar_header.ts";

/** Bytes that the inflater hands over at a time. */
const CHUNK_BYTES = 128 * 1024;
/** Bytes that go into the inflater at a time: what one piece can become stays bounded. */
const PIECE_BYTES = 64 * 1024;

/** Options of {@linkcode Gunzip}. */
export interface GunzipOptions {
  /** Takes the unpacked bytes; they are only lent. A throw ends the stream. */
  readonly onData: (bytes: Uint8Array) => void;
  /** Unpacked bytes after which the stream is refused. */
  readonly limit: number;
}

/**
 * Gunzips a stream with limits on bytes and ratio. Concatenated members and zeros behind the last one are
 * fine, anything else behind it is not. Nothing is buffered but one piece.
 */
export class Gunzip implements Disposable {
  readonly #zlib: ZlibGunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  readonly #options: GunzipOptions;
  readonly #closed: Promise<void>;
  #failure: { readonly error: unknown } | undefined;
  /** Bytes written into the inflater, and bytes that came out. */
  #in = 0;
  #out = 0;
  #head: number[] = [];
  /** Set once the last member has ended: only zeros may come. */
  #ended = false;

  constructor(options: GunzipOptions) {
    this.#options = options;
    const closed = Promise.withResolvers<void>();
    this.#closed = closed.promise;
    this.#zlib.on("data", (bytes: Uint8Array) => this.#take(bytes));
    this.#zlib.on("error", (error: Error) => {
      this.#fail(zlibError(error));
      closed.resolve();
    });
    this.#zlib.on("end", () => closed.resolve());
    this.#zlib.on("close", () => closed.resolve());
  }

  /** Unpacks `bytes`; resolves when all that is in them has been handed over. Rejects with {@linkcode ArchiveError} or what `onData` threw. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      await this.#writePiece(bytes.subarray(at, at + PIECE_BYTES));
    }
  }

  /** Says that no more bytes come, and checks that the stream is whole. */
  async end(): Promise<void> {
    this.#throwFailure();
    if (this.#in === 0) {
      throw new ArchiveError("Cannot unpack archive: it is empty", { code: "empty" });
    }
    this.#checkMagic(true);
    if (this.#ended) return;
    this.#zlib.end();
    await this.#closed;
    this.#throwFailure();
  }

  [Symbol.dispose](): void {
    this.#zlib.destroy();
  }

  async #writePiece(piece: Uint8Array): Promise<void> {
    this.#throwFailure();
    if (this.#ended) return checkTrailing(piece);
    if (this.#head.length < 3) {
      this.#head.push(...piece.subarray(0, 3 - this.#head.length));
      this.#checkMagic(false);
    }
    this.#in += piece.length;
    await new Promise<void>((resolve) => {
      this.#closed.then(resolve);
      this.#zlib.write(piece, () => resolve());
    });
    this.#throwFailure();
    // The inflater stops reading where the last member ends and zeros begin.
    const unread = this.#in - this.#zlib.bytesWritten;
    if (unread > 0) {
      this.#ended = true;
      checkTrailing(piece.subarray(Math.max(0, piece.length - unread)));
    }
  }

  #take(bytes: Uint8Array): void {
    if (this.#failure !== undefined) return;
    this.#out += bytes.length;
    try {
      this.#checkLimits();
      this.#options.onData(bytes);
    } catch (error) {
      this.#fail(error);
      this.#zlib.destroy();
    }
  }

  #checkLimits(): void {
    if (this.#out > this.#options.limit) {
      throw new ArchiveError(
        `Cannot unpack archive: it unpacks to more than ${this.#options.limit} bytes`,
        { code: "too_large" },
      );
    }
    if (this.#out > RATIO_FREE_BYTES && this.#out > this.#in * MAX_RATIO) {
      throw new ArchiveError(
        `Cannot unpack archive: it unpacks to more than ${MAX_RATIO} times its size`,
        { code: "ratio" },
      );
    }
  }

  #checkMagic(whole: boolean): void {
    const magic = [0x1f, 0x8b, 0x08];
    if (this.#head.some((byte, i) => byte !== magic[i])) {
      throw new ArchiveError("Cannot unpack archive: it is not gzip", { code: "not_gzip" });
    }
    if (whole && this.#head.length < 3) {
      throw new ArchiveError("Cannot unpack archive: it is not gzip", { code: "not_gzip" });
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

function checkTrailing(bytes: Uint8Array): void {
  if (isZero(bytes)) return;
  throw new ArchiveError("Cannot unpack archive: something follows the gzip data", {
    code: "trailing",
  });
}

/** The first member's header has been checked, so a wrong one stands behind a whole member. */
function zlibError(error: Error): ArchiveError {
  const code = "code" in error ? error.code : undefined;
  if (code === "Z_BUF_ERROR") {
    return new ArchiveError("Cannot unpack archive: its gzip data is cut off", {
      code: "truncated",
      cause: error,
    });
  }
  const trailing = error.message === "incorrect header check";
  return new ArchiveError(`Cannot unpack archive: ${error.message}`, {
    code: trailing ? "trailing" : "gzip",
    cause: error,
  });
}
