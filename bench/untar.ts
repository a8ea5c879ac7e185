/** Options of {@linkcode untar}. */
export interface UntarOptions {
  /** Called with each file that was written. */
  readonly onFile?: (file: Deno.FsFile) => void;
}

/** Unpacks a tar without a single check: the least that anybody can do. */
export function untar(tar: Uint8Array, root: string, { onFile }: UntarOptions = {}): void {
  const decoder = new TextDecoder();
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
    const text = (from: number, length: number) =>
      decoder.decode(tar.subarray(at + from, at + from + length)).replace(/\0.*$/s, "");
    const name = text(0, 100);
    const size = parseInt(text(124, 12), 8);
    if (text(156, 1) === "5") Deno.mkdirSync(`${root}/${name}`, { recursive: true });
    else {
      using file = Deno.openSync(`${root}/${name}`, { write: true, create: true });
      file.writeSync(tar.subarray(at + 512, at + 512 + size));
      onFile?.(file);
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
}
