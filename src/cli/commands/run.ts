import { Agent } from "../../agent/agent.ts";
import { hasConverged } from "../../agent/node_status.ts";
import { hostName } from "../../deno/node.ts";
import { MAX_ENVELOPE_BYTES } from "../../spec/limits.ts";
import { AbortScope } from "../../util/abort_scope.ts";
import { parseDuration } from "../../util/duration.ts";
import type { Command } from "../command.ts";
import { CommandError } from "../command_error.ts";
import { defineCommand } from "../define_command.ts";
import { EXIT } from "../exit_code.ts";
import type { Input } from "../input.ts";
import { machinesText } from "../machines_text.ts";
import { refuseMissingPermissions } from "../node_permissions.ts";
import { type NodeSettings, readNodeSettings } from "../node_settings.ts";
import { nodeWorld } from "../node_world.ts";
import { tellOpenPaths } from "../open_paths.ts";
import { JSON_OPTION, RUN_OPTIONS } from "../options.ts";
import { type StopSignal, stopSignal } from "../stop_signal.ts";
import type { Terminal } from "../terminal.ts";
import { VERSION } from "../version.ts";

/** `machinist run`. */
export const run: Command = defineCommand({
  name: "run",
  summary: "Runs a node: its machines, and the manager that keeps the signed set",
  about: "SIGTERM and SIGINT stop it cleanly, SIGHUP reads keys and configuration again.",
  args: [{ form: "[DIR]", about: "the machines directory (default ./machines)" }],
  options: [
    ...RUN_OPTIONS,
    {
      flags: "--once",
      about: "converge once, run nothing, exit 0 when every wanted machine stands",
    },
    { flags: "--timeout <DURATION>", about: "with --once: how long at most", fallback: "10m" },
    JSON_OPTION,
  ],
  examples: [
    "machinist run /srv/machines --store nats://n1:4222 --public-key publisher.pub",
    "machinist run --once --json --spec spec.json --public-key publisher.pub",
  ],
  async action(input, io) {
    const node = new NodeRun(input, io);
    const settings = await node.settings();
    return input.flag("once") ? await node.once(settings) : await node.forever(settings);
  },
});

/** Settings with a name for the node, whoever gave it. */
type NamedSettings = NodeSettings & { readonly identity: string };

/** One call of `machinist run`. */
class NodeRun {
  readonly #input: Input;
  readonly #io: Terminal;

  constructor(input: Input, io: Terminal) {
    this.#input = input;
    this.#io = io;
  }

  /** Reads and checks all that can be known before the start. */
  async settings(): Promise<NamedSettings> {
    const settings = await readNodeSettings(this.#input, this.#io);
    await refuseMissingPermissions(settings, this.#io);
    return { ...settings, identity: settings.identity ?? hostIdentity() };
  }

  /** Runs until a signal; starts anew with other settings when SIGHUP finds some. */
  async forever(first: NamedSettings): Promise<number> {
    const io = this.#io;
    using stop = stopSignal(io, { hurries: true });
    for (let settings: NamedSettings | undefined = first; settings !== undefined;) {
      settings = await this.#runWith(settings, stop);
    }
    return EXIT.done;
  }

  /** Converges once. */
  async once(settings: NamedSettings): Promise<number> {
    const io = this.#io;
    using stop = stopSignal(io);
    await using made = await nodeWorld(settings, io);
    tellOpenPaths(settings, io.fs, made.world.log);
    await using agent = new Agent(
      { ...await this.#agentOptions(settings), role: "manage" },
      made.world,
    );
    const timeoutMs = parseDuration(this.#input.text("timeout") ?? "");
    const status = await agent.runOnce({ signal: stop.signal, timeoutMs }).catch((error) => {
      if (!stop.signal.aborted) throw error;
      return undefined;
    });
    if (status === undefined) return EXIT.interrupted;
    if (this.#input.flag("json")) io.write(`${JSON.stringify(status)}\n`);
    else io.write(await machinesText(status));
    if (status.spec.code === "store_unreachable") return EXIT.unreachable;
    return hasConverged(status) ? EXIT.done : EXIT.failed;
  }

  /** Runs one agent; the settings of the next one, or undefined when it was told to stop. */
  async #runWith(
    settings: NamedSettings,
    { signal: stop, hurry }: StopSignal,
  ): Promise<NamedSettings | undefined> {
    const io = this.#io;
    await using made = await nodeWorld(settings, io);
    hurry.addEventListener("abort", () => made.hurry(), { once: true });
    const { log } = made.world;
    using scope = new AbortScope(stop);
    await using agent = new Agent(await this.#agentOptions(settings), made.world);
    let next: NamedSettings | undefined;
    using _reload = io.onSignal("SIGHUP", () => {
      this.settings().then((read) => {
        if (fingerprint(read) === fingerprint(settings)) {
          log.info("Looking at everything anew");
          agent.wake();
          return;
        }
        log.info("Starting anew with other settings");
        next = read;
        scope.abort();
      }).catch((error) => {
        log.error("The new settings are refused, the old ones stay", { reason: String(error) });
      });
    });
    log.info("The node starts", {
      version: VERSION,
      identity: settings.identity,
      directory: settings.directory,
      keys: settings.publicKeys.map(({ id }) => id),
    });
    tellOpenPaths(settings, io.fs, log);
    await agent.run({ signal: scope.signal });
    log.info(next === undefined ? "The node has stopped" : "The node has stopped for a new start");
    return stop.aborted ? undefined : next;
  }

  async #agentOptions(settings: NamedSettings) {
    const { input, specFile, publicKeys, purge, manager, role } = settings;
    const { directory, stateDirectory, allowHosts, intervalMs, manageIntervalMs } = settings;
    return {
      directory,
      stateDirectory,
      publicKeys: publicKeys.map(({ hex }) => hex),
      bucket: input.text("bucket") ?? "MACHINES",
      key: input.text("key") ?? "machines",
      purge,
      manager,
      role,
      allowHosts,
      intervalMs,
      manageIntervalMs,
      version: VERSION,
      specification: specFile === undefined
        ? undefined
        : new TextDecoder().decode(await this.#io.readFile(specFile, MAX_ENVELOPE_BYTES)),
    };
  }
}

function hostIdentity(): string {
  const name = hostName();
  if (name !== undefined) return name;
  throw new CommandError("Cannot name this node: Deno was not given --allow-sys=hostname", {
    code: "permission",
    exit: EXIT.denied,
    hint: "--identity NAME needs no permission",
  });
}

/** All that an agent is made from, as text: equal texts need no new start. */
function fingerprint(settings: NamedSettings): string {
  const { input, publicKeys, ...others } = settings;
  const store = ["store", "bucket", "key", "creds", "nkey", "user", "password", "context"]
    .concat(["tlsca", "tlscert", "tlskey"]).map((name) => input.text(name) ?? null);
  return JSON.stringify([others, publicKeys.map(({ hex }) => hex), store]);
}
