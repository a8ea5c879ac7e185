import type { Clock } from "../ports/clock.ts";
import type { Fetch } from "../ports/fetch.ts";
import { BufferPool } from "../util/buffer_pool.ts";
import { ArchiveError } from "./errors.ts";
import { type HttpAnswer, readAnswer, type Validators } from "./http_answer.ts";
import { nextHop, showUrl, type Source } from "./source.ts";
import { Watchdog } from "./watchdog.ts";

/** Redirects that are followed. */
export const MAX_REDIRECTS = 5;

/** What a download asks of the world. */
export interface DownloadWorld {
  /** The network. */
  readonly fetch: Fetch;
  /** Time. */
  readonly clock: Clock;
}

/** Options of {@linkcode openDownload}. */
export interface OpenDownloadOptions extends DownloadWorld {
  /** Abandons it. */
  readonly signal: AbortSignal;
  /** Bytes that the archive may have. */
  readonly limit: number;
  /** Bytes that it must have, when that was signed. */
  readonly size?: number;
  /** Whole time, milliseconds. */
  readonly timeoutMs?: number;
  /** As in `InstallRequest.allowHosts`, for redirects. */
  readonly allowHosts?: readonly string[];
  /** Where the buffers for the bytes come from. Whoever has used the bytes gives them back. */
  readonly buffers?: BufferPool;
  /** Asks for the bytes behind these only, when the server still has the same ones. */
  readonly resume?: Validators & { readonly offset: number };
}

/** A download whose headers have come and are good. */
export interface Download extends AsyncDisposable {
  /** What the headers say. */
  readonly answer: HttpAnswer;
  /** The bytes, as they come. Throws {@linkcode ArchiveError} (`truncated too_large slow timeout`), or the signal's reason. */
  chunks(): AsyncIterable<Uint8Array<ArrayBuffer>>;
}

/** Asks for an archive. Throws {@linkcode ArchiveError}; its messages name the URL without its secrets. */
export async function openDownload(
  source: Source,
  options: OpenDownloadOptions,
): Promise<Download> {
  const { clock, signal, timeoutMs } = options;
  const watchdog = new Watchdog({
    clock,
    signal,
    ...(timeoutMs !== undefined && { totalMs: timeoutMs }),
  });
  try {
    const opened = await open(source, { ...options, watchdog });
    return new RunningDownload({ ...opened, options, watchdog });
  } catch (error) {
    watchdog[Symbol.dispose]();
    throw error;
  }
}

interface HopOptions extends OpenDownloadOptions {
  readonly watchdog: Watchdog;
}

interface Opened {
  readonly url: URL;
  readonly answer: HttpAnswer;
  readonly response: Response;
}

async function open(source: Source, options: HopOptions): Promise<Opened> {
  const offset = validatorOf(options) === undefined ? 0 : options.resume?.offset ?? 0;
  const { url, response } = await follow(source, options);
  try {
    const answer = readAnswer(response, {
      url,
      offset,
      limit: options.limit,
      ...(options.size !== undefined && { size: options.size }),
      now: options.clock.now(),
    });
    if (answer !== undefined) return { url, answer, response };
  } catch (error) {
    await discard(response);
    throw error;
  }
  await discard(response);
  // The server has something else now: all of it, then.
  const { resume: _, ...whole } = options;
  return await open(source, whole);
}

/** Follows redirects by hand: each hop is checked as the source was, and gets no secret of another origin. */
async function follow(
  source: Source,
  options: HopOptions,
): Promise<{ readonly url: URL; readonly response: Response }> {
  let url = source.url;
  for (let hop = 0;; hop++) {
    const response = await ask(url, source, options);
    const { status } = response;
    const location = response.headers.get("location");
    const redirect = [301, 302, 303, 307, 308].includes(status) && location !== null;
    if (!redirect) return { url, response };
    await discard(response);
    if (hop === MAX_REDIRECTS) {
      throw new ArchiveError(
        `Cannot download archive "${
          showUrl(source.url)
        }": it redirects more than ${MAX_REDIRECTS} times`,
        { code: "redirect_limit" },
      );
    }
    url = nextHop(url, location, options);
  }
}

/** Without one nobody knows whether the rest belongs to what is here. */
function validatorOf(options: OpenDownloadOptions): string | undefined {
  return options.resume?.etag ?? options.resume?.lastModified;
}

async function ask(url: URL, source: Source, options: HopOptions): Promise<Response> {
  const { watchdog, resume } = options;
  // Without this header fetch would ask for compression and undo it: other bytes than were signed.
  const headers = new Headers({ "accept-encoding": "identity", "user-agent": "machinist" });
  if (source.authorization !== undefined && url.origin === source.url.origin) {
    headers.set("authorization", source.authorization);
  }
  const validator = validatorOf(options);
  if (resume !== undefined && validator !== undefined) {
    headers.set("range", `bytes=${resume.offset}-`);
    headers.set("if-range", validator);
  }
  const request = new Request(url, { headers, redirect: "manual", signal: watchdog.signal });
  const answer = options.fetch(request);
  try {
    return await watchdog.wait(answer);
  } catch (error) {
    answer.then(discard, () => {});
    throw watchdog.signal.aborted ? watchdog.signal.reason : networkError(url, error);
  }
}

/** Ends a body that nobody wants; the connection with it. */
async function discard(response: Response): Promise<void> {
  try {
    await response.body?.cancel();
  } catch {
    // It has failed already, which is as good.
  }
}

/** Runtime errors name the whole URL, so only what is known not to is passed on. */
function networkError(url: URL, error: unknown): ArchiveError {
  const text = error instanceof Error ? `${error.message} ${causes(error)}` : "";
  const shown = `Cannot download archive "${showUrl(url)}"`;
  if (error instanceof Error && error.name === "NotCapable") {
    return new ArchiveError(`${shown}: net access to "${url.host}" is not granted`, {
      code: "permission",
    });
  }
  const tls = /invalid peer certificate: ?([A-Za-z]+)|(tls|certificate|handshake|corrupt message)/i
    .exec(text);
  if (tls !== null) {
    return new ArchiveError(`${shown}: TLS failed (${tls[1] ?? tls[2] ?? ""})`, { code: "tls" });
  }
  const reason =
    /connection refused|dns error|timed out|reset by peer|connection closed|unreachable/i
      .exec(text);
  return new ArchiveError(
    `${shown}: the server cannot be reached (${reason?.[0] ?? "no answer"})`,
    {
      code: "unreachable",
    },
  );
}

function causes(error: Error): string {
  return error.cause instanceof Error ? `${error.cause.message} ${causes(error.cause)}` : "";
}

type Bytes = Uint8Array<ArrayBuffer>;

interface BodyReader {
  read(): Promise<{ readonly value?: Bytes | undefined; readonly done: boolean }>;
  cancel(): Promise<void>;
}

/** Reads into pooled buffers where the body can (those of a network can), else takes what it gives. */
function bodyReader(
  body: ReadableStream<Bytes> | null,
  buffers: BufferPool,
): BodyReader | undefined {
  if (body === null) return undefined;
  let reader: ReadableStreamBYOBReader;
  try {
    reader = body.getReader({ mode: "byob" });
  } catch {
    return body.getReader();
  }
  return {
    async read() {
      const { value, done } = await reader.read(new Uint8Array(buffers.take()));
      if (!done) return { value, done };
      if (value !== undefined) buffers.give(value.buffer);
      return { done };
    },
    cancel: () => reader.cancel(),
  };
}

class RunningDownload implements Download {
  readonly answer: HttpAnswer;
  readonly #url: URL;
  readonly #reader: BodyReader | undefined;
  readonly #options: OpenDownloadOptions;
  readonly #watchdog: Watchdog;

  constructor(
    parts: Opened & { readonly options: OpenDownloadOptions; readonly watchdog: Watchdog },
  ) {
    this.answer = parts.answer;
    this.#url = parts.url;
    this.#reader = bodyReader(parts.response.body, parts.options.buffers ?? new BufferPool());
    this.#options = parts.options;
    this.#watchdog = parts.watchdog;
  }

  async *chunks(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    let done = this.answer.offset;
    for (;;) {
      const bytes = await this.#read();
      if (bytes === undefined) break;
      done += bytes.length;
      const most = this.answer.total ?? this.#options.limit;
      if (done > most) this.#refuse("too_large", `more than ${most} bytes come`);
      this.#watchdog.count(bytes.length);
      if (bytes.length > 0) yield bytes;
    }
    const least = this.answer.total ?? this.#options.size ?? 0;
    if (done < least) this.#refuse("truncated", `${done} of ${least} bytes came`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watchdog[Symbol.dispose]();
    try {
      await this.#reader?.cancel();
    } catch {
      // A body that has failed needs no end.
    }
  }

  async #read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.#reader === undefined) return undefined;
    const reading = this.#reader.read();
    try {
      const { value } = await this.#watchdog.wait(reading);
      return value;
    } catch {
      reading.catch(() => {});
      this.#watchdog.signal.throwIfAborted();
      return this.#refuse("truncated", "the connection broke");
    }
  }

  #refuse(code: "too_large" | "truncated", why: string): never {
    throw new ArchiveError(`Cannot download archive "${showUrl(this.#url)}": ${why}`, { code });
  }
}
