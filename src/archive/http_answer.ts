import { ArchiveError } from "./errors.ts";
import { showUrl } from "./source.ts";

/** Longest patience that a server may ask for. */
export const RETRY_AFTER_CAP_MS = 3_600_000;

/** What identifies the bytes behind a URL, so that a download may go on later. */
export interface Validators {
  /** A strong entity tag. */
  readonly etag?: string;
  /** Date of the last change, as the server wrote it. */
  readonly lastModified?: string;
}

/** What a good answer says of its body. */
export interface HttpAnswer {
  /** Where in the archive the body starts. */
  readonly offset: number;
  /** Bytes of the whole archive, when the server tells. */
  readonly total?: number;
  /** For `If-Range`. */
  readonly validators: Validators;
  /** Media type, for people. */
  readonly contentType: string;
}

/** Options of {@linkcode readAnswer}. */
export interface ReadAnswerOptions {
  /** Where the answer comes from. */
  readonly url: URL;
  /** First byte that was asked for; 0: the whole. */
  readonly offset: number;
  /** Bytes that the archive may have. */
  readonly limit: number;
  /** Bytes that the archive must have, when that was signed. */
  readonly size?: number;
  /** Wall-clock time, for dates. */
  readonly now: number;
}

/**
 * Judges an answer by its status and headers: only a 200, or a 206 that answers our range. Undefined when the range
 * was not answered and the whole must be asked for. Throws `http_<status>`, `content_length`, `too_large`, `truncated`.
 */
export function readAnswer(
  response: Response,
  options: ReadAnswerOptions,
): HttpAnswer | undefined {
  const { url, offset, limit, size } = options;
  const { status, headers } = response;
  if (offset > 0 && status === 416) return undefined;
  if (status !== 200 && !(status === 206 && offset > 0)) refuseStatus(response, options);
  const length = contentLength(headers, url);
  const range = status === 206 ? contentRange(headers) : undefined;
  if (status === 206) {
    const fits = range !== undefined && range.start === offset && range.end === range.total - 1 &&
      (length === undefined || length === range.total - offset);
    if (!fits) return undefined;
  }
  const total = range?.total ?? length;
  if (total !== undefined && total > limit) {
    refuse("too_large", url, `it has ${total} bytes, ${limit} are allowed`);
  }
  if (size !== undefined && total !== undefined && total < size) {
    refuse("truncated", url, `it has ${total} bytes, ${size} are signed`);
  }
  return {
    offset: range?.start ?? 0,
    ...(total !== undefined && { total }),
    validators: validators(headers),
    contentType: headers.get("content-type") ?? "",
  };
}

function refuseStatus(response: Response, options: ReadAnswerOptions): never {
  const { status, headers } = response;
  const why = status === 401 || status === 403
    ? `the server answers ${status}; check the credentials`
    : `the server answers ${status}`;
  const retryAfterMs = retryAfter(headers.get("retry-after"), options.now);
  throw new ArchiveError(`Cannot download archive "${showUrl(options.url)}": ${why}`, {
    code: `http_${status}`,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** Seconds or a date, as milliseconds from `now`, capped. */
function retryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  const ms = /^\d{1,10}$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), RETRY_AFTER_CAP_MS) : undefined;
}

function contentLength(headers: Headers, url: URL): number | undefined {
  const value = headers.get("content-length");
  if (value === null) return undefined;
  if (!/^\d{1,15}$/.test(value)) refuse("content_length", url, "its content-length is no length");
  return Number(value);
}

function contentRange(
  headers: Headers,
): { readonly start: number; readonly end: number; readonly total: number } | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(
    headers.get("content-range") ?? "",
  );
  if (match === null) return undefined;
  return { start: Number(match[1]), end: Number(match[2]), total: Number(match[3]) };
}

function validators(headers: Headers): Validators {
  const etag = headers.get("etag");
  const lastModified = headers.get("last-modified");
  return {
    ...(etag !== null && etag.startsWith('"') && { etag }),
    ...(lastModified !== null && { lastModified }),
  };
}

function refuse(
  code: "content_length" | "too_large" | "truncated",
  url: URL,
  why: string,
): never {
  throw new ArchiveError(`Cannot download archive "${showUrl(url)}": ${why}`, { code });
}
