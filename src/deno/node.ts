import type { Node, NodeOptions } from "../ports/node.ts";
import { readFacts } from "./facts_file.ts";
import { findCommand } from "./find_command.ts";

/** Options of {@linkcode DenoNode}. */
export interface DenoNodeOptions {
  /**
   * The node's name.
   * @default {the host name where Deno may read it, else "unknown"}
   */
  readonly identity?: string;
  /** Path of a JSON or YAML file with the node's facts, read anew on every question. */
  readonly factsFile?: string;
}

/** This node, asked through Deno. */
export class DenoNode implements Node {
  readonly #identity: string;
  readonly #factsFile: string | undefined;

  /** Asks for the host's name where no identity is given, and for nothing else. */
  constructor(options: DenoNodeOptions = {}) {
    this.#identity = options.identity ?? hostName() ?? "unknown";
    this.#factsFile = options.factsFile;
  }

  get identity(): string {
    return this.#identity;
  }

  facts(options: NodeOptions = {}): Promise<Readonly<Record<string, unknown>>> {
    const path = this.#factsFile;
    if (path === undefined) return Promise.resolve({});
    return abandonable(() => readFacts(path), options.signal);
  }

  pathKind(
    path: string,
    options: NodeOptions = {},
  ): Promise<"file" | "directory" | "other" | "absent"> {
    return abandonable(() => pathKind(path), options.signal);
  }

  hasCommand(name: string, options: NodeOptions = {}): Promise<boolean> {
    return abandonable(() => Promise.resolve(findCommand(name)), options.signal);
  }
}

/** The host's name; undefined without `--allow-sys=hostname`. */
export function hostName(): string | undefined {
  const permission = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  if (permission.state !== "granted") return undefined;
  return Deno.hostname() || undefined;
}

/** The user that this process is; undefined without `--allow-sys=uid`. */
export function ownUser(): number | undefined {
  const permission = Deno.permissions.querySync({ name: "sys", kind: "uid" });
  return permission.state === "granted" ? Deno.uid() ?? undefined : undefined;
}

async function pathKind(path: string): Promise<"file" | "directory" | "other" | "absent"> {
  try {
    const info = await Deno.stat(path);
    return info.isDirectory ? "directory" : info.isFile ? "file" : "other";
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return "absent";
    if (cause instanceof Deno.errors.NotADirectory) return "absent";
    const why = cause instanceof Deno.errors.NotCapable
      ? "Deno was not given --allow-read for it"
      : cause instanceof Error
      ? cause.message
      : "the system failed";
    throw new Error(`Cannot look at "${path}": ${why}`, { cause });
  }
}

/** A dead network file system answers never: the question is given up, the thread is not. */
function abandonable<T>(ask: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return Promise.resolve().then(ask);
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    Promise.resolve().then(ask).then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", abort));
  });
}
