import type { PublicKey } from "../spec/public_key.ts";
import { parseDuration } from "../util/duration.ts";
import { absolutePath } from "./absolute_path.ts";
import { CommandError } from "./command_error.ts";
import { MAX_CONFIG_BYTES, parseConfig } from "./config_file.ts";
import { EXIT } from "./exit_code.ts";
import type { Input } from "./input.ts";
import { checkKeyFile } from "./key_file.ts";
import { publicKeyFrom, splitKeys } from "./public_key_text.ts";
import { RUN_OPTIONS } from "./options.ts";
import type { Terminal } from "./terminal.ts";

/** Which halves of a node this process is. */
export type Role = "all" | "manage" | "host";

/** What flags, environment and configuration file say about a node, read and checked. */
export interface NodeSettings {
  /** The same input with the configuration file behind it: for what is not here, such as the store. */
  readonly input: Input;
  /** Absolute path of the machines directory. */
  readonly directory: string;
  /** Absolute path of the agent's own files. */
  readonly stateDirectory: string;
  /** Keys of which one must have signed. */
  readonly publicKeys: readonly PublicKey[];
  /** Whether specifications that nobody signed are accepted. */
  readonly insecureUnsigned: boolean;
  /** Name of the node, when one was given. */
  readonly identity: string | undefined;
  /** Absolute path of the facts file. */
  readonly factsFile: string | undefined;
  /** Milliseconds between looks at the store. */
  readonly intervalMs: number;
  /** Milliseconds between checks of each machine. */
  readonly manageIntervalMs: number;
  /** Whether machines that the specification dropped are removed. */
  readonly purge: boolean;
  /** Absolute path of a fixed specification. */
  readonly specFile: string | undefined;
  /** Whether the built-in manager runs. */
  readonly manager: boolean;
  /** Which halves of a node this process is. */
  readonly role: Role;
  /** Hosts that archives may come from; undefined: any but link-local ones. */
  readonly allowHosts: readonly string[] | undefined;
  /** Text for people, or one JSON object a line. */
  readonly logFormat: "text" | "json";
  /** The lowest level that is logged. */
  readonly logLevel: "debug" | "info" | "warn" | "error";
  /** Absolute paths of the files that options name: what must be readable. */
  readonly files: readonly string[];
}

/** Options of {@linkcode readNodeSettings}. */
export interface NodeSettingsOptions {
  /**
   * Whether the node is to start: then keys are read and checked, and one must be there.
   * @default {true}
   */
  readonly start?: boolean;
}

/** Reads the settings of a node. What is wrong with them ends the command with 78. */
export async function readNodeSettings(
  typed: Input,
  io: Terminal,
  { start = true }: NodeSettingsOptions = {},
): Promise<NodeSettings> {
  const input = await withConfig(typed, io);
  const path = (name: string) => {
    const text = input.text(name);
    return text === undefined || text === "" ? undefined : absolutePath(text, io.cwd);
  };
  const directory = absolutePath(input.args[0] ?? input.text("directory") ?? "machines", io.cwd);
  const publicKeys = splitKeys(input.list("public-key"));
  const allowHosts = input.list("allow-host");
  const settings: NodeSettings = {
    input,
    directory,
    stateDirectory: path("state") ?? `${directory === "/" ? "" : directory}/.machinist`,
    publicKeys: start ? await readKeys(publicKeys, io) : [],
    insecureUnsigned: input.flag("insecure-unsigned"),
    identity: input.text("identity"),
    factsFile: path("facts"),
    intervalMs: duration(input, "interval", 1_000),
    manageIntervalMs: duration(input, "manage-interval", 1_000),
    purge: !input.flag("no-purge"),
    specFile: path("spec"),
    manager: !input.flag("no-manager"),
    role: roleOf(input),
    allowHosts: allowHosts.length === 0 ? undefined : allowHosts,
    logFormat: oneOf(input, "log-format", ["text", "json"]),
    logLevel: oneOf(input, "log-level", ["debug", "info", "warn", "error"]),
    files: [
      ...["config", "facts", "spec", "creds", "nkey", "tlsca", "tlscert", "tlskey"].flatMap(
        (name) => path(name) ?? [],
      ),
      ...publicKeys.filter((text) => !/^[0-9a-fA-F]+$/.test(text))
        .map((text) => absolutePath(text, io.cwd)),
    ],
  };
  checkTogether(settings);
  if (start) checkKeys(settings);
  return settings;
}

/** An error of the configuration, exit code 78. */
function refuse(message: string, options: { readonly code?: string; readonly hint?: string } = {}) {
  const { code = "configuration", hint } = options;
  return new CommandError(message, { code, exit: EXIT.configuration, hint });
}

async function withConfig(typed: Input, io: Terminal): Promise<Input> {
  const file = typed.text("config");
  if (file === undefined) return typed;
  const text = new TextDecoder().decode(await io.readFile(file, MAX_CONFIG_BYTES));
  return typed.withConfig(await parseConfig(text, { file, options: RUN_OPTIONS }));
}

async function readKeys(texts: readonly string[], io: Terminal): Promise<readonly PublicKey[]> {
  const keys: PublicKey[] = [];
  for (const text of texts) {
    try {
      if (!/^[0-9a-fA-F]+$/.test(text)) checkKeyFile(io.fs, absolutePath(text, io.cwd));
      keys.push(await publicKeyFrom(text, io));
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "KeyError") throw error;
      throw refuse(error.message, { code: "code" in error ? String(error.code) : "key_format" });
    }
  }
  return keys;
}

function duration(input: Input, name: string, minimum: number): number {
  const text = input.text(name) ?? "";
  let ms: number;
  try {
    ms = parseDuration(text);
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
  if (ms < minimum) throw refuse(`Cannot use --${name} "${text}": it is below ${minimum} ms`);
  return ms;
}

function oneOf<T extends string>(input: Input, name: string, values: readonly T[]): T {
  const text = input.text(name);
  const value = values.find((known) => known === text);
  if (value === undefined) {
    throw refuse(`Cannot use --${name} "${text}": it is not one of ${values.join(", ")}`);
  }
  return value;
}

function roleOf(input: Input): Role {
  const manage = input.flag("manage-only");
  const host = input.flag("host-only");
  if (manage && host) {
    throw refuse("Cannot use --manage-only with --host-only: each is one half of a node");
  }
  return manage ? "manage" : host ? "host" : "all";
}

function checkTogether({ manager, role, insecureUnsigned, input }: NodeSettings): void {
  if (role === "manage" && !manager) {
    throw refuse("Cannot use --manage-only with --no-manager: nothing would be left to do");
  }
  if (input.list("public-key").length > 0 && insecureUnsigned) {
    throw refuse("Cannot use --insecure-unsigned with --public-key: one contradicts the other");
  }
}

/** Neither a key nor the word to go without one: a node must not start by accident in the open. */
function checkKeys({ manager, role, publicKeys, insecureUnsigned }: NodeSettings): void {
  if (!manager || role === "host" || insecureUnsigned || publicKeys.length > 0) return;
  throw refuse("Cannot start the manager: neither --public-key nor --insecure-unsigned was given", {
    code: "key_missing",
    hint: "--public-key KEY (machinist keys makes one), or --no-manager to host what is in DIR",
  });
}
