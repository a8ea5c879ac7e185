import type { Clock } from "../ports/clock.ts";
import type { Fs } from "../ports/fs.ts";
import { replaceFile } from "../util/atomic_file.ts";
import { joinPath } from "../util/join_path.ts";
import { readFile } from "../util/read_file.ts";
import type { ControlAnswer, ControlRequest } from "./control_inbox.ts";

/** Options of {@linkcode askAgent}. */
export interface AskAgentOptions {
  /** Files. */
  readonly fs: Fs;
  /** Time. */
  readonly clock: Clock;
  /** Absolute path of the agent's own files. */
  readonly state: string;
  /** Gives up after this many milliseconds. */
  readonly timeoutMs: number;
}

/** Milliseconds between looks for the answer. */
const POLL_MS = 50;
/** Bytes of an answer. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Puts a request into the letter box of a running agent; its answer, or undefined when none came in time. */
export async function askAgent(
  request: ControlRequest,
  { fs, clock, state, timeoutMs }: AskAgentOptions,
): Promise<ControlAnswer | undefined> {
  const box = joinPath(state, "control");
  if (fs.lstat(box)?.kind !== "directory") return undefined;
  const id = crypto.randomUUID();
  const question = joinPath(box, `${id}.json`);
  const answer = joinPath(box, `${id}.answer`);
  const bytes = new TextEncoder().encode(JSON.stringify(request));
  replaceFile(fs, question, bytes, { durable: false });
  const end = clock.monotonic() + timeoutMs;
  try {
    while (clock.monotonic() < end) {
      if (fs.lstat(answer) !== undefined) {
        const text = new TextDecoder().decode(readFile(fs, answer, { limit: MAX_ANSWER_BYTES }));
        return JSON.parse(text);
      }
      await clock.sleep(POLL_MS);
    }
    return undefined;
  } finally {
    fs.removeTree(question);
    fs.removeTree(answer);
  }
}
