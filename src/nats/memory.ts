import type { StreamState } from "./reader.ts";
import type { Stored } from "./stored.ts";

/** The newest revision of a key that this process has seen. */
export interface Known {
  /** Sequence in the stream. */
  readonly revision: number;
  /** When it was stored. */
  readonly time: number;
  /** Bytes of its value. */
  readonly size: number;
}

/** Unchanged answers in a row after which the next question is a whole one. */
const WHOLE_EVERY = 10;

/**
 * Bytes up to which the value itself is asked for each time: that tells all at once, also that the bucket is
 * another one, and costs the server some 25 to 70 us where a conditional get costs 16.
 */
const SMALL = 16 * 1024;

/** Answers, at one and the same state of a stream, after which no replica lags behind it. */
const SETTLED = 2;

/**
 * What is remembered of a key, to tell three things apart that look alike: nothing new, a replica that lags
 * behind, and a bucket that was made anew and counts from 1 again.
 */
export class KeyMemory {
  #known: Known | undefined;
  #unchanged = 0;
  #generation = -1;
  #whole = true;
  #gone = false;
  #stream: StreamState | undefined;
  #answers = 0;

  /** The newest revision that was seen. */
  get known(): Known | undefined {
    return this.#known;
  }

  /** Whether a conditional get would do; `generation` counts connections. */
  mayAskCheaply(generation: number): boolean {
    const large = (this.#known?.size ?? 0) > SMALL;
    return large && !this.#whole && this.#generation === generation &&
      this.#unchanged < WHOLE_EVERY;
  }

  /** Makes the next question a whole one: somebody hinted, or something looked odd. */
  askWhole(): void {
    this.#whole = true;
  }

  /** A conditional get found nothing. */
  unchanged(): void {
    this.#unchanged++;
    this.#answers++;
  }

  /**
   * What the leader's word on its stream says of the key: `same` when nothing was written at all, `another`
   * when the bucket was made anew or is seen for the first time, `moved` when a conditional get tells.
   */
  compare(state: StreamState): "same" | "moved" | "another" {
    const before = this.#stream;
    this.#stream = state;
    if (state.created === before?.created && state.last === before.last) {
      return this.#answers >= SETTLED ? "same" : "moved";
    }
    this.#answers = 0;
    return state.created === before?.created && state.last > before.last ? "moved" : "another";
  }

  /** A whole question was answered on connection `generation`. */
  answered(generation: number): void {
    this.#generation = generation;
    this.#unchanged = 0;
    this.#answers++;
    this.#whole = false;
  }

  /** Takes an answer for the truth. True when it is of another bucket than what was known. */
  accept({ revision, time, value }: Stored): boolean {
    const known = this.#known;
    const anew = this.#gone || (known !== undefined &&
      (revision < known.revision || (revision === known.revision && time !== known.time)));
    this.#known = { revision, time, size: value?.length ?? 0 };
    this.#gone = false;
    return anew;
  }

  /** The bucket or the key is gone: numbers may start again. True when something was known. */
  forget(): boolean {
    const news = this.#known !== undefined;
    this.#gone ||= news;
    this.#known = undefined;
    this.#stream = undefined;
    return news;
  }

  /**
   * Whether an answer is older than what is known: `older` when it was written before, as a replica that lags
   * behind answers, or when nobody can tell. A lower number with a later time is a bucket made anew.
   */
  judge(found: Stored, newerThan: number): "new" | "older" {
    const known = this.#known;
    if (found.revision >= Math.max(known?.revision ?? 0, newerThan)) return "new";
    return known !== undefined && found.time > known.time ? "new" : "older";
  }
}
