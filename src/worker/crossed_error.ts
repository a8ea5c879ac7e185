import { ArchiveError, type ArchiveErrorCode } from "../archive/errors.ts";
import { FsError, type FsErrorCode } from "../ports/fs.ts";
import type { CrossedError } from "./message.ts";

/** An error as a message can carry it. */
export function crossError(error: unknown): CrossedError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message } = error;
  if (error instanceof ArchiveError) return { name, message, code: error.code };
  if (error instanceof FsError) return { name, message, code: error.code, path: error.path };
  return { name, message };
}

/** The error that a message carried, of its class again. */
export function uncrossError(error: CrossedError): Error {
  const { name, message, code, path } = error;
  if (name === "ArchiveError") {
    return new ArchiveError(message, { code: code as ArchiveErrorCode });
  }
  if (name === "FsError") {
    return new FsError(message, { code: code as FsErrorCode, path: path ?? "" });
  }
  if (name === "TypeError") return new TypeError(message);
  return name === "RangeError" ? new RangeError(message) : new Error(message);
}
