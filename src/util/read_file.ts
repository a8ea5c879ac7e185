/** What {@linkcode readFile} needs of a file system; `Fs` has it. */
export interface ReadFs {
  /** Opens an existing regular file for reading; never a link, FIFO, device or directory. */
  open(path: string): ReadHandle;
}

/** An open file, as {@linkcode ReadFs.open} gives it. */
export interface ReadHandle extends Disposable {
  /** Fills `buffer` from the current position: bytes read, or 0 at the end. */
  read(buffer: Uint8Array): number;
  /** What is open. */
  stat(): { readonly size: number };
}

/** Options of {@linkcode readFile}. */
export interface ReadFileOptions {
  /** Bytes that are read at most. */
  readonly limit: number;
}

/**
 * Reads a whole regular file. Throws RangeError when it has more than `limit` bytes, also when it grows
 * while it is read, and whatever `fs` throws.
 */
export function readFile(fs: ReadFs, path: string, options: ReadFileOptions): Uint8Array {
  const { limit } = options;
  using file = fs.open(path);
  const size = file.stat().size;
  // One byte more than is there shows the end, or that the file grows.
  const buffer = new Uint8Array(Math.min(size, limit) + 1);
  let length = 0;
  while (length < buffer.length) {
    const read = file.read(buffer.subarray(length));
    if (read === 0) return buffer.subarray(0, length);
    length += read;
  }
  if (length > limit) {
    throw new RangeError(`Cannot read file "${path}": it has more than ${limit} bytes`);
  }
  throw new RangeError(`Cannot read file "${path}": it grows while it is read`);
}
