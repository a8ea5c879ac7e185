import type { Msg } from "@nats-io/nats-core";
import { decodeBase64 } from "../util/base64.ts";

/** A message as a bucket's stream holds it. */
export interface Stored {
  /** Sequence in the stream. */
  readonly revision: number;
  /** When it was stored, milliseconds since the epoch. */
  readonly time: number;
  /** Subject under which it is stored. */
  readonly subject: string;
  /** The bytes; undefined for a delete marker. */
  readonly value: Uint8Array | undefined;
}

/** A direct get's answer: undefined when it found nothing. */
export function readDirect(message: Msg): Stored | undefined {
  const { headers } = message;
  if (headers === undefined || headers.code === 404 || headers.code === 408) return undefined;
  const revision = Number(headers.get("Nats-Sequence"));
  const time = Date.parse(headers.get("Nats-Time-Stamp"));
  if (!Number.isSafeInteger(revision) || revision < 1) return undefined;
  const value = isMarker(headers.get("KV-Operation")) ? undefined : message.data;
  return {
    revision,
    time: Number.isNaN(time) ? 0 : time,
    subject: headers.get("Nats-Subject"),
    value,
  };
}

/** What `STREAM.MSG.GET` answers: undefined when it is not what it should be. */
export function readStored(message: unknown): Stored | undefined {
  if (message === null || typeof message !== "object") return undefined;
  const { seq, time, subject, data, hdrs } = message as Record<string, unknown>;
  if (typeof seq !== "number" || typeof subject !== "string") return undefined;
  const head = typeof hdrs === "string" ? decodeBase64(hdrs) : undefined;
  const marker = head !== undefined && hasMarker(new TextDecoder().decode(head));
  const bytes = typeof data === "string" ? decodeBase64(data) : new Uint8Array();
  return {
    revision: seq,
    time: Date.parse(String(time)) || 0,
    subject,
    value: marker ? undefined : bytes,
  };
}

function hasMarker(head: string): boolean {
  const operation = /^KV-Operation:\s*(\S+)/im.exec(head)?.[1];
  return isMarker(operation ?? "");
}

function isMarker(operation: string): boolean {
  return operation === "DEL" || operation === "PURGE";
}
