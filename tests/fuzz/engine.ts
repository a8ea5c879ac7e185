/** Feeds a reader of untrusted bytes with bytes that are nearly right. */

/** What a `*_fuzz.ts` file exports as `target`. */
export interface FuzzTarget {
  /** For the command line. */
  readonly name: string;
  /** Throws when something is wrong; a refusal by the reader's own error is right. */
  run(bytes: Uint8Array): void | Promise<void>;
  /** Good inputs to start from. */
  readonly corpus?: readonly Uint8Array[];
  /** Words that the reader looks for. */
  readonly tokens?: readonly string[];
  /** Makes an input get past the first check (a checksum), for half of the inputs. */
  mend?(bytes: Uint8Array): Uint8Array;
}

/** A stream of numbers in [0, 1) that a seed determines (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Numbers that readers stumble over. */
const BYTES = [0, 1, 0x0a, 0x0d, 0x20, 0x22, 0x2e, 0x2f, 0x30, 0x5c, 0x7f, 0x80, 0xc3, 0xff];
const MAX_BYTES = 64 * 1024;

/** Makes inputs from a target's corpus. */
export class Mutator {
  readonly #target: FuzzTarget;
  readonly #random: () => number;
  readonly #tokens: readonly Uint8Array[];

  constructor(target: FuzzTarget, random: () => number) {
    this.#target = target;
    this.#random = random;
    this.#tokens = (target.tokens ?? []).map((token) => new TextEncoder().encode(token));
  }

  /** The next input. */
  next(): Uint8Array {
    const { corpus = [], mend } = this.#target;
    let bytes = corpus.length === 0 || this.#random() < 0.05 ? this.#noise() : this.#pick(corpus);
    for (let n = 1 + this.#below(6); n > 0; n--) bytes = this.#mutate(bytes);
    if (bytes.length > MAX_BYTES) bytes = bytes.subarray(0, MAX_BYTES);
    return mend !== undefined && this.#random() < 0.5 ? mend(bytes) : bytes;
  }

  #mutate(bytes: Uint8Array): Uint8Array {
    const at = this.#below(bytes.length + 1);
    const length = this.#below(Math.min(64, bytes.length - at) + 1);
    switch (this.#below(9)) {
      case 0:
        return this.#with(bytes, (copy) => copy[at] = (copy[at] ?? 0) ^ (1 << this.#below(8)));
      case 1:
        return this.#with(bytes, (copy) => copy[at] = this.#pick(BYTES));
      case 2:
        return this.#with(bytes, (copy) => copy[at] = this.#below(256));
      case 3:
        return splice(bytes, at, length, new Uint8Array(0));
      case 4:
        return splice(bytes, at, 0, bytes.subarray(at, at + length));
      case 5:
        return splice(bytes, at, 0, this.#noise());
      case 6:
        return splice(bytes, at, this.#random() < 0.5 ? length : 0, this.#token());
      case 7:
        return this.#cross(bytes, at);
      default:
        return this.#random() < 0.2
          ? bytes.subarray(0, at)
          : splice(bytes, at, 0, this.#block(bytes));
    }
  }

  /** The beginning of one input, the end of another. */
  #cross(bytes: Uint8Array, at: number): Uint8Array {
    const { corpus = [] } = this.#target;
    const other = corpus.length === 0 ? this.#noise() : this.#pick(corpus);
    return splice(bytes, at, bytes.length - at, other.subarray(this.#below(other.length + 1)));
  }

  /** A whole block of 512 bytes from anywhere: what tar is made of. */
  #block(bytes: Uint8Array): Uint8Array {
    const from = 512 * this.#below(Math.floor(bytes.length / 512) + 1);
    return bytes.subarray(from, from + 512);
  }

  #token(): Uint8Array {
    return this.#tokens.length === 0 ? this.#noise() : this.#pick(this.#tokens);
  }

  #noise(): Uint8Array {
    return Uint8Array.from({ length: this.#below(24) }, () => this.#below(256));
  }

  #with(bytes: Uint8Array, edit: (copy: Uint8Array) => void): Uint8Array {
    const copy = bytes.slice();
    edit(copy);
    return copy;
  }

  #pick<T>(values: readonly T[]): T {
    const value = values[this.#below(values.length)];
    if (value === undefined) throw new RangeError("Cannot pick from nothing");
    return value;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}

function splice(bytes: Uint8Array, at: number, remove: number, insert: Uint8Array): Uint8Array {
  const result = new Uint8Array(bytes.length - remove + insert.length);
  result.set(bytes.subarray(0, at));
  result.set(insert, at);
  result.set(bytes.subarray(at + remove), at + insert.length);
  return result;
}

/** When a run ends. */
export interface FuzzLimits {
  /** Makes the run the same again. */
  readonly seed: number;
  /** Inputs. */
  readonly count?: number;
  /** Milliseconds. */
  readonly ms?: number;
}

/** How a run went. */
export interface FuzzReport {
  readonly inputs: number;
  readonly ms: number;
  /** The input that failed, and why. */
  readonly failure?: { readonly bytes: Uint8Array; readonly error: unknown };
}

/** Runs a target until a limit or the first failure. */
export async function fuzz(target: FuzzTarget, limits: FuzzLimits): Promise<FuzzReport> {
  const { seed, count = Infinity, ms = Infinity } = limits;
  const mutator = new Mutator(target, seeded(seed));
  const started = performance.now();
  let inputs = 0;
  for (; inputs < count && performance.now() - started < ms; inputs++) {
    const bytes = mutator.next();
    try {
      await target.run(bytes);
    } catch (error) {
      return { inputs: inputs + 1, ms: performance.now() - started, failure: { bytes, error } };
    }
  }
  return { inputs, ms: performance.now() - started };
}
