import { knownStates, type MachineDefinition } from "../machine/definition.ts";
import type { Transition } from "../machine/machine.ts";
import type { Fs } from "../ports/fs.ts";
import type { Log } from "../ports/log.ts";
import { replaceFile } from "../util/atomic_file.ts";
import { sha256 } from "../util/digest.ts";
import { joinPath } from "../util/join_path.ts";
import { makeDirectory } from "../util/make_directory.ts";
import { readFile } from "../util/read_file.ts";
import { parseStrictJson } from "../util/strict_json.ts";

/** Options of {@linkcode KeptStates}. */
export interface KeptStatesOptions {
  /** Files. */
  readonly fs: Fs;
  /** Where trouble is told: nothing here stops a machine. */
  readonly log: Log;
  /** Absolute path of the directory for the files, one a machine. */
  readonly directory: string;
}

/** What a machine that moved tells. */
export interface Moved {
  /** The machine. */
  readonly definition: MachineDefinition;
  /** What it did. */
  readonly transition: Transition;
}

/** A state, and the state machine to which it belongs. */
interface Kept {
  readonly machine: string;
  readonly state: string;
  readonly fsm: string;
}

/** Bytes of one file. */
const MAX_BYTES = 64 * 1024;
const FORMAT = 1;
const SUFFIX = ".json";

/** No directory of a machine begins with it. */
const EMBEDDED = ".";

/** The key of a machine that comes with the agent; the others have their directory's name. */
export function embeddedKey(name: string): string {
  return EMBEDDED + name;
}

/**
 * The states into which somebody put machines by hand, over restarts: a machine in maintenance stays there
 * until it is told otherwise, moves by itself, or has other states and transitions than before.
 */
export class KeptStates {
  readonly #options: KeptStatesOptions;
  #known: Map<string, Kept> | undefined;

  /** Reads nothing yet. */
  constructor(options: KeptStatesOptions) {
    this.#options = options;
  }

  /** The state in which the machine under `key` is to begin; undefined: its initial one. */
  read(key: string, definition: MachineDefinition): string | undefined {
    const kept = this.#all().get(key);
    if (kept === undefined) return undefined;
    const { name } = definition;
    if (kept.machine === name && kept.fsm === digestOf(definition)) {
      if (knownStates(definition).has(kept.state)) return kept.state;
    }
    this.#options.log.warn("The machine has other states than when it was put in one by hand", {
      machine: name,
      state: kept.state,
    });
    this.drop(key);
    return undefined;
  }

  /** The machine under `key` has moved. */
  note(key: string, { definition, transition }: Moved): void {
    const { to: state, byHand } = transition;
    if (!byHand || state === definition.initialState) {
      this.drop(key);
      return;
    }
    const kept = { machine: definition.name, state, fsm: digestOf(definition) };
    this.#all().set(key, kept);
    const text = `${JSON.stringify({ format: FORMAT, ...kept })}\n`;
    this.#attempt("A state cannot be kept over a restart", ({ fs, directory }) => {
      makeDirectory(fs, directory, 0o700);
      replaceFile(fs, joinPath(directory, key + SUFFIX), new TextEncoder().encode(text));
    });
  }

  /** The machine under `key` is gone, or begins anew next time. */
  drop(key: string): void {
    if (!this.#all().delete(key)) return;
    this.#attempt("A kept state cannot be forgotten", ({ fs, directory }) => {
      fs.removeTree(joinPath(directory, key + SUFFIX));
      fs.syncDirectory(directory);
    });
  }

  /** Forgets the directories that are not among these: they were removed while nobody looked. */
  sweep(present: readonly { readonly directory: string }[]): void {
    const keys = new Set(present.map(({ directory }) => directory));
    for (const key of [...this.#all().keys()]) {
      if (!keys.has(key) && !key.startsWith(EMBEDDED)) this.drop(key);
    }
  }

  #all(): Map<string, Kept> {
    if (this.#known !== undefined) return this.#known;
    const known = new Map<string, Kept>();
    this.#attempt("Kept states cannot be read", ({ fs, directory }) => {
      if (fs.lstat(directory)?.kind !== "directory") return;
      for (const { name, kind } of fs.readDir(directory)) {
        if (kind !== "file" || !name.endsWith(SUFFIX)) continue;
        this.#attempt("A kept state cannot be read", () => {
          const bytes = readFile(fs, joinPath(directory, name), { limit: MAX_BYTES });
          known.set(name.slice(0, -SUFFIX.length), parse(bytes));
        });
      }
    });
    this.#known = known;
    return known;
  }

  #attempt(message: string, act: (options: KeptStatesOptions) => void): void {
    try {
      act(this.#options);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.log.warn(message, { reason });
    }
  }
}

function parse(bytes: Uint8Array): Kept {
  const value = parseStrictJson(bytes, { maxBytes: MAX_BYTES });
  const { format, machine, state, fsm } = Object(value) as Readonly<Record<string, unknown>>;
  if (
    format !== FORMAT || typeof machine !== "string" || typeof state !== "string" ||
    typeof fsm !== "string"
  ) throw new TypeError("Cannot read a kept state: it has another form");
  return { machine, state, fsm };
}

/** What a state means depends on the transitions around it; watchers may change with every release. */
function digestOf({ initialState, transitions }: MachineDefinition): string {
  const moves = transitions.map(({ name, from, destination }) => [name, from, destination]);
  return sha256(JSON.stringify([initialState, moves]));
}
