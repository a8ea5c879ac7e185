import type { Stored } from "./stored.ts";

/** The newest revision of a key that this process has seen. */
export interface Known {
  /** Sequence in the stream. */
  readonly revision: number;
  /** When it was stored. */
  readonly time: number;
}

/** Unchanged answers in a row after which the next question is a whole one. */
const WHOLE_EVERY = 10;

/**
 * What is remembered of a key, to tell three things apart that look alike: nothing new, a replica that lags
 * behind, and a bucket that was made anew and counts from 1 again.
 */
export class KeyMemory {
  #known: Known | undefined;
  #unchanged = 0;
  #generation = -1;
  #whole = true;

  /** The newest revision that was seen. */
  get known(): Known | undefined {
    return this.#known;
  }

  /** Whether a conditional get would do; `generation` counts connections. */
  mayAskCheaply(generation: number): boolean {
    return !this.#whole && this.#generation === generation && this.#unchanged < WHOLE_EVERY;
  }

  /** Makes the next question a whole one: somebody hinted, or something looked odd. */
  askWhole(): void {
    this.#whole = true;
  }

  /** A conditional get found nothing. */
  unchanged(): void {
    this.#unchanged++;
  }

  /** A whole question was answered on connection `generation`. */
  answered(generation: number): void {
    this.#generation = generation;
    this.#unchanged = 0;
    this.#whole = false;
  }

  /** Takes an answer for the truth. */
  accept({ revision, time }: Stored): void {
    this.#known = { revision, time };
  }

  /** The bucket or the key is gone: numbers may start again. */
  forget(): void {
    this.#known = undefined;
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
