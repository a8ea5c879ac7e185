import type { Node } from "../ports/node.ts";

/** What a path of a {@linkcode FakeNode} is; an Error makes the question fail. */
export type FakePath = "file" | "directory" | "other" | Error;

/** Options of {@linkcode FakeNode}. */
export interface FakeNodeOptions {
  /**
   * The node's name.
   * @default {"node.example.net"}
   */
  readonly identity?: string;
  /**
   * The node's facts; an Error makes the question fail.
   * @default {{}}
   */
  readonly facts?: Readonly<Record<string, unknown>> | Error;
  /**
   * What exists, by absolute path.
   * @default {{}}
   */
  readonly paths?: Readonly<Record<string, FakePath>>;
  /**
   * Commands on the PATH; an Error makes every such question fail.
   * @default {[]}
   */
  readonly commands?: readonly string[] | Error;
}

/** A node that has what the test says; everything can be changed while it is in use. */
export class FakeNode implements Node {
  #identity: string;
  #facts: Readonly<Record<string, unknown>> | Error;
  #paths: Map<string, FakePath>;
  #commands: Set<string> | Error;

  /** Has what `options` give it. */
  constructor(options: FakeNodeOptions = {}) {
    this.#identity = options.identity ?? "node.example.net";
    this.#facts = options.facts ?? {};
    this.#paths = new Map(Object.entries(options.paths ?? {}));
    this.#commands = options.commands instanceof Error
      ? options.commands
      : new Set(options.commands ?? []);
  }

  get identity(): string {
    return this.#identity;
  }

  /** Replaces the facts; an Error makes reading them fail. */
  setFacts(facts: Readonly<Record<string, unknown>> | Error): void {
    this.#facts = facts;
  }

  /** Puts something at a path, or removes it (undefined). */
  setPath(path: string, kind: FakePath | undefined): void {
    if (kind === undefined) this.#paths.delete(path);
    else this.#paths.set(path, kind);
  }

  /** Replaces the commands on the PATH; an Error makes every such question fail. */
  setCommands(commands: readonly string[] | Error): void {
    this.#commands = commands instanceof Error ? commands : new Set(commands);
  }

  facts(): Promise<Readonly<Record<string, unknown>>> {
    return this.#facts instanceof Error
      ? Promise.reject(this.#facts)
      : Promise.resolve(structuredClone(this.#facts));
  }

  pathKind(path: string): Promise<"file" | "directory" | "other" | "absent"> {
    const kind = this.#paths.get(path) ?? "absent";
    return kind instanceof Error ? Promise.reject(kind) : Promise.resolve(kind);
  }

  hasCommand(name: string): Promise<boolean> {
    return this.#commands instanceof Error
      ? Promise.reject(this.#commands)
      : Promise.resolve(this.#commands.has(name));
  }
}
