import type { NatsOptions, NatsTls, SecretText } from "./options.ts";

/** Options of {@linkcode loadNatsContext}. */
export interface NatsContextOptions {
  /**
   * Name of the context.
   * @default {the selected one}
   */
  readonly name?: string;
  /** Directory of the `nats` command's settings: `$XDG_CONFIG_HOME/nats` or `~/.config/nats`. */
  readonly directory: string;
  /** What `~` in a path stands for. */
  readonly home?: string;
  /** Text of a file, links followed; undefined when there is none. */
  readonly readFile: (path: string) => string | undefined;
}

/** The fields of a context file that say how to connect (ADR-21). */
interface ContextFile {
  readonly [field: string]: unknown;
}

/**
 * Reads a context of the `nats` command: undefined when none is named and none is selected. Files that it names
 * are read at every connection. Throws RangeError when it does not exist, SyntaxError when it cannot be read.
 */
export function loadNatsContext(options: NatsContextOptions): NatsOptions | undefined {
  const name = options.name ?? options.readFile(`${options.directory}/context.txt`)?.trim() ?? "";
  if (name === "") return undefined;
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name)) {
    throw new RangeError(`Cannot use NATS context "${name}": not a context name`);
  }
  const text = options.readFile(`${options.directory}/context/${name}.json`);
  if (text === undefined) {
    throw new RangeError(`Cannot use NATS context "${name}": it does not exist`);
  }
  return contextOptions(parse(text, name), name, (path) => fileText(path, options));
}

function contextOptions(
  file: ContextFile,
  name: string,
  secretFile: (path: string) => SecretText,
): NatsOptions {
  const text = (field: string) => {
    const value = file[field];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const url = text("url") ?? "nats://127.0.0.1:4222";
  if (text("nsc") !== undefined) {
    throw new SyntaxError(`Cannot use NATS context "${name}": nsc look-ups are not supported`);
  }
  const apiPrefix = text("jetstream_api_prefix") ?? domainPrefix(text("jetstream_domain"));
  const tls = tlsOf(file, text, secretFile);
  return defined({
    servers: url.split(",").map((each) => each.trim()).filter((each) => each !== ""),
    creds: optional(text("creds"), secretFile) ?? jwtCreds(text("user_jwt"), text("user_seed")),
    nkey: optional(text("nkey"), secretFile),
    user: text("user"),
    password: text("password"),
    token: text("token"),
    inboxPrefix: text("inbox_prefix"),
    apiPrefix,
    tls,
  });
}

function tlsOf(
  file: ContextFile,
  text: (field: string) => string | undefined,
  secretFile: (path: string) => SecretText,
): NatsTls | undefined {
  const read = (path: string) => {
    const secret = secretFile(path);
    return typeof secret === "function" ? String(secret()) : secret;
  };
  const tls = {
    ca: optional(text("ca"), read),
    cert: optional(text("cert"), read),
    key: optional(text("key"), secretFile),
    first: file["tls_first"] === true ? true : undefined,
  };
  return Object.values(tls).some((each) => each !== undefined) ? defined(tls) : undefined;
}

function fileText(path: string, { home, readFile }: NatsContextOptions): () => string {
  const whole = path.startsWith("~/") && home !== undefined ? `${home}${path.slice(1)}` : path;
  return () => {
    const text = readFile(whole);
    if (text === undefined) throw new RangeError(`Cannot read "${whole}": it does not exist`);
    return text;
  };
}

function parse(text: string, name: string): ContextFile {
  try {
    const value = JSON.parse(text);
    if (value !== null && typeof value === "object") return value;
  } catch {
    // Not quoted: it holds passwords.
  }
  throw new SyntaxError(`Cannot use NATS context "${name}": its file is not a JSON object`);
}

function domainPrefix(domain: string | undefined): string | undefined {
  return domain === undefined ? undefined : `$JS.${domain}.API`;
}

/** What `nats` keeps in two fields, as the one text that a `.creds` file is. */
function jwtCreds(jwt: string | undefined, seed: string | undefined): string | undefined {
  if (jwt === undefined || seed === undefined) return undefined;
  const block = (what: string, text: string) =>
    `-----BEGIN ${what}-----\n${text}\n------END ${what}------\n`;
  return `${block("NATS USER JWT", jwt)}\n${block("USER NKEY SEED", seed)}\n`;
}

function optional<T>(value: string | undefined, map: (value: string) => T): T | undefined {
  return value === undefined ? undefined : map(value);
}

/** Without the fields that are undefined: optional fields are absent, not undefined. */
function defined<T extends object>(
  value: T,
): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(value).filter(([, each]) => each !== undefined),
  ) as { [K in keyof T]: Exclude<T[K], undefined> };
}
