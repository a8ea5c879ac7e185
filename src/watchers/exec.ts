import { duration, flag, text, texts } from "../machine/field.ts";
import { readProperties } from "../machine/properties.ts";
import type { Data, Outcome, WatchContext, Watcher, WatcherPace } from "../machine/watcher.ts";
import type { Ports } from "../ports/ports.ts";
import type { RunResult } from "../ports/process.ts";
import { baseName } from "../util/join_path.ts";
import { parseStrictJson, StrictJsonError } from "../util/strict_json.ts";
import { resolveCommand } from "./exec_command.ts";
import { ExecFiles } from "./exec_files.ts";
import { expand, failure, failureOf, LookError } from "./failure.ts";

/** The ports that {@linkcode ExecWatcher} uses. */
export type ExecPorts = Pick<Ports, "admission" | "fs" | "log" | "node" | "process">;

/** Bytes of output that are kept. */
export const MAX_OUTPUT_BYTES = 64 * 1024;

/** Timeout when the manifest gives none: what the reference documents (it takes one second). */
const DEFAULT_TIMEOUT_MS = 10_000;
const MINIMUM_INTERVAL_MS = 500;
const GATHER_MS = 30_000;

/** The longest timer there is: a disowned command has no timeout. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

/** Where commands are looked up when the runtime does not say. */
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const PROPERTIES = {
  command: text().required(),
  environment: texts().default([]),
  timeout: duration().default(0),
  governor: text().default(""),
  governor_timeout: duration().default(300_000),
  parse_as_data: flag().default(false),
  suppress_success_announce: flag().default(false),
  gather_initial_state: flag().default(false),
  disown: flag().default(false),
};

/** Runs a command; its exit code is the outcome. */
export class ExecWatcher implements Watcher {
  /** The name that manifests use. */
  static readonly type = "exec";

  /** As `WatcherType` has it. */
  static create(properties: Data, ports: ExecPorts): ExecWatcher {
    return new ExecWatcher(properties, ports);
  }

  /** How the loop treats this type. */
  readonly pace: WatcherPace;
  readonly #properties: ReturnType<typeof readExecProperties>;
  readonly #ports: ExecPorts;

  /** Throws TypeError or RangeError naming the property. */
  constructor(properties: Data, ports: ExecPorts) {
    this.#properties = readExecProperties(properties, ports);
    this.#ports = ports;
    this.pace = {
      atStart: false,
      minimumMs: MINIMUM_INTERVAL_MS,
      ...(this.#properties.gather_initial_state ? { gatherMs: GATHER_MS } : {}),
    };
  }

  /** Runs the command once. */
  async watch(context: WatchContext): Promise<Outcome> {
    const { command } = this.#properties;
    return { ...await this.#attempt(context), details: { command } };
  }

  async #attempt(context: WatchContext): Promise<Outcome> {
    if (this.#properties.governor !== "") {
      // Running without the limit that the manifest asks for is worse than not running.
      return failure("governor_unsupported", "governors are not supported, and one is required");
    }
    try {
      const { directory, machines } = context.machine;
      const command = resolveCommand(
        await expand("command", { text: this.#properties.command, template: context.template }),
        { directory, machines, fs: this.#ports.fs },
      );
      const environment = await this.#environment(context);
      const verdict = await this.#ports.admission.admit(baseName(directory), {
        signal: context.signal,
      });
      if (!verdict.ok) return failure(verdict.code, verdict.reason);
      return this.#judge(await this.#run(command, environment, context));
    } catch (error) {
      context.signal.throwIfAborted();
      return failureOf(error);
    }
  }

  async #environment(context: WatchContext): Promise<Readonly<Record<string, string>>> {
    const { directory, name } = context.machine;
    const env: Record<string, string> = {
      MACHINE_WATCHER_NAME: context.watcher.name,
      MACHINE_NAME: name,
      PATH: `${this.#ports.process.searchPath ?? DEFAULT_PATH}:${directory}`,
    };
    for (const each of this.#properties.environment) {
      const pair = await expand("environment", { text: each, template: context.template });
      const at = pair.indexOf("=");
      if (at <= 0) {
        throw new LookError('Cannot use an entry of "environment": it is not NAME=value', {
          code: "environment",
        });
      }
      env[pair.slice(0, at)] = pair.slice(at + 1);
    }
    return env;
  }

  async #run(
    command: readonly string[],
    environment: Readonly<Record<string, string>>,
    context: WatchContext,
  ): Promise<RunResult> {
    const { disown, timeout } = this.#properties;
    const { machine, signal, watcher } = context;
    using files = ExecFiles.write(this.#ports.fs, {
      stateDirectory: machine.stateDirectory,
      prefix: `${machine.instance}.${encodeURIComponent(watcher.name)}`,
      data: context.data,
      facts: await this.#facts(signal),
    });
    return await this.#ports.process.run(command, {
      cwd: machine.directory,
      env: { WATCHER_DATA: files.data, WATCHER_FACTS: files.facts, ...environment },
      timeoutMs: disown ? NO_TIMEOUT_MS : timeout > 0 ? timeout : DEFAULT_TIMEOUT_MS,
      outputLimit: disown ? 0 : MAX_OUTPUT_BYTES,
      signal,
    });
  }

  /** As in the reference, facts that cannot be read are none; a command can tell by the empty object. */
  async #facts(signal: AbortSignal): Promise<unknown> {
    try {
      return await this.#ports.node.facts({ signal });
    } catch (error) {
      signal.throwIfAborted();
      this.#ports.log.warn("Facts cannot be read, the command is given none", {
        reason: error instanceof Error ? error.message : String(error),
      });
      return {};
    }
  }

  #judge(result: RunResult): Outcome {
    const { parse_as_data, suppress_success_announce } = this.#properties;
    if (result.timedOut) return failure("timeout", "the command was ended by its timeout");
    if (result.code !== 0) return failure("exit", `the command ended with ${result.code}`);
    const announce = suppress_success_announce ? { announce: false } : {};
    if (!parse_as_data) {
      return { result: "success", state: "success", reason: "the command succeeded", ...announce };
    }
    if (result.truncated) {
      return failure("output_too_large", `the output has more than ${MAX_OUTPUT_BYTES} bytes`);
    }
    const data = readOutput(result.output);
    if (data === undefined) return failure("output_json", "the output is not a JSON object");
    const reason = `the command succeeded and gave ${Object.keys(data).length} data items`;
    return { result: "success", state: "success", reason, data, ...announce };
  }
}

function readExecProperties(properties: Data, ports: Pick<Ports, "log">) {
  const read = readProperties(properties, PROPERTIES, { log: ports.log });
  if (read.disown && read.parse_as_data) {
    throw new RangeError(
      'Cannot use property "parse_as_data": cannot parse output as data while disowning child processes',
    );
  }
  return read;
}

function readOutput(output: Uint8Array): Data | undefined {
  try {
    const value = parseStrictJson(output, { numbers: "finite", maxDepth: 64 });
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? Object.fromEntries(Object.entries(value)) : undefined;
  } catch (error) {
    if (error instanceof StrictJsonError) return undefined;
    throw error;
  }
}
