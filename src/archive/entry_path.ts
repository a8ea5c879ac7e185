import { ArchiveError } from "./errors.ts";
import { MAX_COMPONENT_BYTES, MAX_DEPTH, MAX_PATH_BYTES } from "./limits.ts";

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** A name as text; `name` when it is not UTF-8 or holds NUL or another control character. */
export function decodeName(bytes: Uint8Array): string {
  let text: string;
  try {
    text = strictUtf8.decode(bytes);
  } catch {
    throw new ArchiveError(`Cannot read archive entry name: it is not UTF-8`, { code: "name" });
  }
  checkCharacters(text);
  return text;
}

/** Throws `name` for control characters: they break sums files, terminals and logs. */
export function checkCharacters(text: string): void {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 || unit === 0x7f || (unit >= 0x80 && unit < 0xa0)) {
      throw new ArchiveError(
        `Cannot use archive entry ${
          JSON.stringify(text.slice(0, 200))
        }: it has a control character`,
        { code: "name" },
      );
    }
  }
}

/**
 * The one spelling of an entry's path: a leading `./` and the final `/` of a directory are taken off, and
 * whatever could leave the root or be read in two ways is refused. `""` stands for the entry `./` itself.
 */
export function normalizePath(name: string): string {
  const inner = name.startsWith("./") ? name.slice(2) : name;
  if (inner === "" && name !== "") return "";
  const path = inner.endsWith("/") ? inner.slice(0, -1) : inner;
  if (path === "" || path === ".") refuse(name, "path", "it is empty");
  if (path.startsWith("/")) refuse(name, "path", "it is absolute");
  if (path.includes("\\")) refuse(name, "path", "it has a backslash");
  if (/^[A-Za-z]:/.test(path)) refuse(name, "path", "it starts with a drive letter");
  const bytes = byteLength(path);
  if (bytes > MAX_PATH_BYTES) {
    refuse(name, "path", `it has ${bytes} bytes, ${MAX_PATH_BYTES} are allowed`);
  }
  let depth = 0;
  for (let from = 0; from <= path.length;) {
    const slash = path.indexOf("/", from);
    const to = slash < 0 ? path.length : slash;
    checkComponent(name, path.slice(from, to));
    depth++;
    from = to + 1;
  }
  if (depth > MAX_DEPTH) {
    refuse(name, "depth", `it has ${depth} components, ${MAX_DEPTH} are allowed`);
  }
  return path;
}

function checkComponent(name: string, component: string): void {
  if (component === "") refuse(name, "path", "it has an empty component");
  if (component === "." || component === "..") {
    refuse(name, "path", `it has a "${component}" component`);
  }
  // Four bytes are the most that one UTF-16 pair can take, so short ones need no encoding.
  if (component.length * 3 > MAX_COMPONENT_BYTES && byteLength(component) > MAX_COMPONENT_BYTES) {
    refuse(name, "path", `it has a component of more than ${MAX_COMPONENT_BYTES} bytes`);
  }
}

/** Equal for paths that some file system takes for the same one: case and composed characters do not count. */
export function foldPath(path: string): string {
  for (let i = 0; i < path.length; i++) {
    if (path.charCodeAt(i) > 0x7f) {
      return path.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
    }
  }
  return path.toLowerCase();
}

function byteLength(text: string): number {
  return encoder.encode(text).length;
}

function refuse(name: string, code: "path" | "depth", why: string): never {
  throw new ArchiveError(`Cannot use archive entry ${JSON.stringify(name.slice(0, 200))}: ${why}`, {
    code,
  });
}
