/** Bytes of one buffer. Not a round number, so that a buffer of ours is not taken for somebody else's. */
export const POOL_BUFFER_BYTES = 256 * 1024 + 4096;
/** Buffers that are kept for later. */
const MAX_SPARE = 16;

/**
 * Buffers that go round: out to a reader, on to whoever uses the bytes (another thread, too) and back. Without it, a
 * download leaves as much garbage as it has bytes, and the memory of that is slow to come back.
 */
export class BufferPool {
  readonly #spare: ArrayBuffer[] = [];

  /** A buffer with whatever is in it. */
  take(): ArrayBuffer {
    return this.#spare.pop() ?? new ArrayBuffer(POOL_BUFFER_BYTES);
  }

  /** Takes a buffer back; nothing may use it any more. Ignores what is not of this size, or has been handed on. */
  give(buffer: ArrayBufferLike): void {
    const keep = isPooled(buffer) && this.#spare.length < MAX_SPARE;
    if (keep) this.#spare.push(buffer);
  }
}

/** Whether a buffer looks like one of a pool: then it may be handed on whole. */
export function isPooled(buffer: ArrayBufferLike): buffer is ArrayBuffer {
  return buffer instanceof ArrayBuffer && buffer.byteLength === POOL_BUFFER_BYTES;
}
