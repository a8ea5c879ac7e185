import { ArchiveError, type ArchiveErrorCode } from "./errors.ts";

/** User and password for one origin. */
export interface Credentials {
  /** User name. */
  readonly username: string;
  /** Password. Never shown. */
  readonly password: string;
}

/** Where an archive may come from: checked, and without secrets in its URL. */
export interface Source {
  /** URL without user, password and fragment. The query stays: it may be a token. */
  readonly url: URL;
  /** Value of an `authorization` header for the origin of `url`, and for no other. */
  readonly authorization?: string;
}

/** Options of {@linkcode parseSource}. */
export interface ParseSourceOptions {
  /** For sources of `origin`, unless their URL has its own. */
  readonly credentials?: Credentials;
  /** The origin that `credentials` are for. */
  readonly origin?: string;
  /** As in `InstallRequest.allowHosts`. */
  readonly allowHosts?: readonly string[];
}

/** Names under which clouds serve the secrets of their machines. */
const METADATA_HOSTS = new Set([
  "metadata",
  "metadata.google.internal",
  "metadata.goog",
  "instance-data",
  "instance-data.ec2.internal",
  "100.100.100.200",
  "192.0.0.192",
  "[fd00:ec2::254]",
]);

/**
 * Reads and checks a source as it was signed. Throws {@linkcode ArchiveError}: `scheme` for anything but a plain
 * `http://` or `https://` URL, `host` for one that may not be asked.
 */
export function parseSource(text: string, options: ParseSourceOptions = {}): Source {
  const { credentials, origin, allowHosts } = options;
  // deno-lint-ignore no-control-regex -- URL parsers drop some of them silently
  const plain = /^https?:\/\/[^\u0000-\u0020\u007f\\]+$/.test(text) && URL.canParse(text);
  if (!plain) refuse("scheme", "it is not an http:// or https:// URL", undefined);
  const url = new URL(text);
  const own = url.username !== "" || url.password !== ""
    ? { username: decodePart(url.username), password: decodePart(url.password) }
    : undefined;
  const given = credentials !== undefined && (origin ?? url.origin) === url.origin
    ? credentials
    : undefined;
  const used = own ?? given;
  const stripped = stripSecrets(url);
  checkHost(stripped, { ...(allowHosts !== undefined && { allowHosts }), code: "host" });
  return used === undefined ? { url: stripped } : { url: stripped, authorization: basic(used) };
}

/** Options of {@linkcode nextHop}. */
export interface NextHopOptions {
  /** As in `InstallRequest.allowHosts`. */
  readonly allowHosts?: readonly string[];
}

/** Where a redirect leads. Throws `scheme`, `redirect_downgrade` or `redirect_host`. */
export function nextHop(from: URL, location: string, options: NextHopOptions = {}): URL {
  const { allowHosts } = options;
  if (!URL.canParse(location, from)) refuse("scheme", "it redirects to no URL", from);
  const url = new URL(location, from);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    refuse("scheme", `it redirects to scheme "${url.protocol}"`, from);
  }
  if (from.protocol === "https:" && url.protocol === "http:") {
    refuse("redirect_downgrade", "it redirects from https to http", from);
  }
  const stripped = stripSecrets(url);
  checkHost(stripped, { ...(allowHosts !== undefined && { allowHosts }), code: "redirect_host" });
  return stripped;
}

/** A URL as logs and errors may show it: no user, no query, no fragment. */
export function showUrl(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

function stripSecrets(url: URL): URL {
  const stripped = new URL(url);
  stripped.username = "";
  stripped.password = "";
  stripped.hash = "";
  return stripped;
}

function checkHost(
  url: URL,
  options: { readonly allowHosts?: readonly string[]; readonly code: "host" | "redirect_host" },
): void {
  const { allowHosts, code } = options;
  if (allowHosts !== undefined) {
    if (allowHosts.some((entry) => isSameHost(url, entry))) return;
    refuse(code, `host "${url.host}" is not allowed`, url);
  }
  if (isLinkLocal(url.hostname)) {
    refuse(code, `host "${url.host}" is link-local or serves metadata, and is not allowed`, url);
  }
}

/** `host` allows all its ports, `host:port` one. */
function isSameHost(url: URL, entry: string): boolean {
  // A scheme without a default port keeps whatever port was written.
  const text = `x-host://${entry}`;
  if (!URL.canParse(text) || !URL.canParse(`http://${entry}`)) return false;
  const port = new URL(text).port;
  const hostname = new URL(`http://${entry}`).hostname;
  if (hostname !== url.hostname) return false;
  const used = url.port !== "" ? url.port : url.protocol === "https:" ? "443" : "80";
  return port === "" || port === used;
}

/** The URL parser has made one spelling of all IPv4 addresses already. */
function isLinkLocal(hostname: string): boolean {
  const name = hostname.replace(/\.$/, "").toLowerCase();
  if (METADATA_HOSTS.has(name)) return true;
  if (/^169\.254\.\d+\.\d+$/.test(name)) return true;
  if (/^\[fe[89ab][0-9a-f]:/.test(name)) return true;
  const mapped = /^\[::(?:ffff:)?([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(name);
  if (mapped === null) return false;
  const high = parseInt(mapped[1] ?? "", 16);
  const low = parseInt(mapped[2] ?? "", 16);
  return isLinkLocal(`${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`);
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function basic(credentials: Credentials): string {
  const bytes = new TextEncoder().encode(`${credentials.username}:${credentials.password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

function refuse(code: ArchiveErrorCode, why: string, url: URL | undefined): never {
  const shown = url === undefined ? "archive source" : `archive source "${showUrl(url)}"`;
  throw new ArchiveError(`Cannot use ${shown}: ${why}`, { code });
}
