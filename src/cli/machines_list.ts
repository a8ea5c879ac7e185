import { CommandError } from "./command_error.ts";
import { EXIT } from "./exit_code.ts";

/** Options of {@linkcode listPayload}. */
export interface ListOptions {
  /** Whether the list must be JSON or YAML; otherwise any bytes pass, as with the reference. */
  readonly lint: boolean;
}

/**
 * The bytes to sign for a machines list: those of a JSON file verbatim, so that what was reviewed is what
 * is signed; those of a YAML file turned into JSON.
 */
export async function listPayload(
  file: string,
  bytes: Uint8Array,
  { lint }: ListOptions,
): Promise<Uint8Array> {
  const yaml = /\.ya?ml$/i.test(file);
  if (!yaml && (!lint || looksLikeJson(bytes))) return bytes;
  if (!yaml && /\.json$/i.test(file)) return bytes;
  const { load } = await import("js-yaml");
  let value: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    value = load(text, { maxDepth: 20, maxAliases: 0, filename: file });
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new CommandError(`Cannot read list "${file}": ${why}`, {
      code: "payload_json",
      exit: EXIT.failed,
      cause: error,
    });
  }
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}

function looksLikeJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return true;
  } catch {
    return false;
  }
}
