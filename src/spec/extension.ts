import { Fields } from "./fields.ts";
import { checkKeyCase } from "./key_case.ts";
import {
  MAX_ALLOW_UNLISTED,
  MAX_MIRRORS,
  MAX_SIGNED_SIZE,
  MAX_SPLAY_MS,
  MAX_TIMEOUT_MS,
} from "./limits.ts";
import { readSource } from "./source.ts";

/** What an entry may say beyond the reference, in its signed `x` object. The reference ignores it. */
export interface Extension {
  /** Bytes of the archive. */
  readonly size?: number;
  /** Further URLs of the same archive. */
  readonly mirrors?: readonly string[];
  /** Milliseconds that the whole download may take. */
  readonly timeoutMs?: number;
  /** Milliseconds over which the nodes of a fleet spread their first download of this archive. */
  readonly splayMs?: number;
  /** Files and directories that may exist beside what is signed: relative paths, or `dir/` prefixes. */
  readonly allowUnlisted?: readonly string[];
}

const KEYS = ["size", "mirrors", "timeout_ms", "splay_ms", "allow_unlisted"] as const;

/** Names that `crit` may hold: the extensions that this agent keeps to. */
export const KNOWN_EXTENSIONS: readonly string[] = KEYS;

/** Reads the `x` object of an entry. Throws SpecError. Keys that it does not know are ignored. */
export function readExtension(x: object | undefined, index: number): Extension {
  if (x === undefined) return {};
  checkKeyCase(x, KEYS, { where: `entry ${index}`, index });
  const fields = new Fields(x, { index, prefix: "x." });
  const size = fields.integer("size", { min: 1, max: MAX_SIGNED_SIZE });
  const timeoutMs = fields.integer("timeout_ms", { min: 1, max: MAX_TIMEOUT_MS });
  const splayMs = fields.integer("splay_ms", { min: 0, max: MAX_SPLAY_MS });
  const mirrors = readMirrors(fields);
  const allowUnlisted = readPaths(fields);
  return {
    ...(size === undefined ? {} : { size }),
    ...(mirrors === undefined ? {} : { mirrors }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(splayMs === undefined ? {} : { splayMs }),
    ...(allowUnlisted === undefined ? {} : { allowUnlisted }),
  };
}

function readMirrors(fields: Fields): readonly string[] | undefined {
  const mirrors = fields.texts("mirrors", { max: MAX_MIRRORS });
  for (const mirror of mirrors ?? []) {
    if (mirror.includes("{{")) {
      throw fields.fault("mirrors", { code: "template_unsupported", is: "a template" });
    }
    const source = readSource(mirror);
    if ("code" in source) throw fields.fault("mirrors", { code: source.code, is: source.why });
    if (source.username !== undefined) {
      throw fields.fault("mirrors", { code: "source", is: "a URL with a user or password" });
    }
  }
  return mirrors;
}

function readPaths(fields: Fields): readonly string[] | undefined {
  const paths = fields.texts("allow_unlisted", { max: MAX_ALLOW_UNLISTED });
  for (const path of paths ?? []) {
    if (!isSafePath(path)) {
      throw fields.fault("allow_unlisted", { code: "text", is: "not a plain relative path" });
    }
  }
  return paths;
}

function isSafePath(path: string): boolean {
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  if (path === "" || /[\u0000-\u001f\u007f\\]/.test(path) || path.includes("{{")) return false;
  const parts = path.endsWith("/") ? path.slice(0, -1).split("/") : path.split("/");
  return parts.every((part) => part !== "" && part !== "." && part !== "..");
}
