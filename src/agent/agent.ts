import { FanOut } from "../events/sink.ts";
import { Host } from "../host/host.ts";
import type { HostStatus } from "../host/hosted_machine.ts";
import type { Ports } from "../ports/ports.ts";
import { recover } from "../archive/recover.ts";
import { ManagedRecords } from "../sets/managed_records.ts";
import { InstalledRecords } from "../archive/installed.ts";
import { AbortScope } from "../util/abort_scope.ts";
import { joinPath } from "../util/join_path.ts";
import { makeDirectory } from "../util/make_directory.ts";
import type { AgentOptions } from "./agent_options.ts";
import { ControlInbox } from "./control_inbox.ts";
import { prepareDirectories, refuseOpenDirectories, takeLock } from "./directories.ts";
import { embeddedManager } from "./embedded_manager.ts";
import { limitedInstaller } from "./limited_installer.ts";
import { halfLog } from "./half_log.ts";
import { LogSink } from "./log_sink.ts";
import { ManagedAdmission } from "./managed_admission.ts";
import type { NodeStatus } from "./node_status.ts";
import { hasSettled } from "./settled.ts";
import { StatusBoard } from "./status_board.ts";
import { StatusFile } from "./status_file.ts";
import { isKeeper, KEEPER_TYPES, typesOf } from "./watcher_types.ts";

/** The world of an agent: all ports but those that the agent is itself. */
export type AgentWorld = Omit<Ports, "neighbours" | "admission">;

/** Milliseconds that {@linkcode Agent.runOnce} waits at most when not told. */
const ONCE_LIMIT_MS = 600_000;

/**
 * A node: hosts every machine of a directory and, unless told otherwise, the built-in manager that keeps the
 * signed set. Needs no store to start: what was verified before runs at once.
 *
 * @example
 * ```ts ignore
 * await using agent = new Agent({ directory: "/srv/machines", publicKeys: [key] }, world);
 * await agent.run({ signal });
 * ```
 */
export class Agent implements AsyncDisposable {
  readonly #options: AgentOptions;
  readonly #world: AgentWorld;
  readonly #state: string;
  readonly #board: StatusBoard;
  readonly #scope = new AbortScope();
  #host: Host | undefined;
  #running: Promise<void> | undefined;
  #onStatus: (status: HostStatus) => void = () => {};

  /** Does no work: see {@linkcode Agent.run}. */
  constructor(options: AgentOptions, world: AgentWorld) {
    this.#options = options;
    this.#world = world;
    this.#state = options.stateDirectory ?? joinPath(options.directory, ".machinist");
    const { fs } = world;
    this.#board = new StatusBoard({
      identity: world.node.identity,
      clock: world.clock,
      records: new ManagedRecords(fs, this.#state),
      installed: new InstalledRecords(fs, this.#state),
      version: options.version,
    });
  }

  /**
   * Runs until `signal` aborts, then stops all machines and resolves. Throws AgentError when the directory
   * cannot be used or another instance holds it.
   */
  run({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    if (this.#running !== undefined) {
      throw new TypeError(`Cannot run agent in "${this.#options.directory}": it has run already`);
    }
    this.#running = this.#run(signal);
    return this.#running;
  }

  /**
   * Converges once, without running what is installed: resolves with the status when every machine has an
   * outcome, or time is out.
   */
  async runOnce(
    { signal, timeoutMs = ONCE_LIMIT_MS }: {
      readonly signal: AbortSignal;
      readonly timeoutMs?: number;
    },
  ): Promise<NodeStatus> {
    const { clock, fs } = this.#world;
    using scope = new AbortScope(signal);
    let settled: NodeStatus | undefined;
    const end = () => {
      settled ??= this.status();
      scope.abort(DONE);
    };
    this.#onStatus = (status) => {
      if (hasSettled(status, { fs, machines: this.#options.directory })) end();
    };
    clock.sleep(timeoutMs, { signal: scope.signal }).then(end, () => {});
    await this.run({ signal: scope.signal });
    signal.throwIfAborted();
    return settled ?? this.status();
  }

  /** The node as of now. */
  status(): NodeStatus {
    if (this.#host !== undefined) this.#board.update(this.#host.status());
    return this.#board.status;
  }

  /** Looks at the directory now instead of at the next scan. */
  wake(): void {
    this.#host?.wake();
  }

  /** Stops what runs and waits for it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#scope.abort();
    // Whoever called run() hears of its failure there.
    await this.#running?.catch(() => {});
  }

  async #run(outer: AbortSignal): Promise<void> {
    using scope = new AbortScope(outer, this.#scope.signal);
    const { fs, clock, log } = this.#world;
    const { directory: machines, role = "all" } = this.#options;
    prepareDirectories(fs, { machines, state: this.#state });
    using _host = role === "manage" ? NOTHING : takeLock(fs, this.#state, "host.lock");
    using _manager = role === "host" ? NOTHING : takeLock(fs, this.#state);
    refuseOpenDirectories(fs, { machines, state: this.#state, role });
    // Files of commands that a killed agent left behind.
    if (role !== "manage") fs.removeTree(joinPath(this.#state, "exec"));
    if (role !== "host") await this.#recover();
    const file = new StatusFile({ fs, clock, log, path: joinPath(this.#state, statusName(role)) });
    const host = this.#makeHost(file);
    this.#host = host;
    const inbox = new ControlInbox({
      fs,
      clock,
      log,
      directory: joinPath(this.#state, role === "manage" ? "control-manage" : "control"),
      fire: (name, event) => host.fire(name, event),
    });
    const { signal } = scope;
    const parts = [host.run({ signal }), file.run({ signal }), inbox.run({ signal })];
    for (const part of parts) part.catch((error) => scope.abort(error));
    const results = await Promise.allSettled(parts);
    this.#host = undefined;
    file.write(() => this.#board.stop());
    for (const result of results) if (result.status === "rejected") throw result.reason;
  }

  async #recover(): Promise<void> {
    const { fs, clock, log } = this.#world;
    const report = await recover(fs, {
      target: this.#options.directory,
      stateDirectory: this.#state,
      now: () => clock.now(),
    });
    const ended = report.finished.length + report.reverted.length + report.discarded.length;
    if (ended > 0) log.info("Ended what a crash had interrupted", { ...report });
  }

  #makeHost(file: StatusFile): Host {
    const { directory, role = "all", allowHosts } = this.#options;
    const { fs, log } = this.#world;
    const installer = limitedInstaller(this.#world.installer, allowHosts);
    const events = new FanOut({ log });
    events.add(new LogSink(log));
    events.add(this.#world.events);
    const embedded = embeddedManager(this.#options, this.#state);
    if (embedded !== undefined) makeDirectory(fs, embedded.directory, 0o700);
    const ports: Ports = {
      ...this.#world,
      log: halfLog(log),
      events,
      installer,
      admission: new ManagedAdmission({
        machines: directory,
        records: new ManagedRecords(fs, this.#state),
        installed: new InstalledRecords(fs, this.#state),
        installer,
        fs,
        role,
        onTampered: (keeper) => host.nudge(keeper, KEEPER_TYPES),
      }),
      neighbours: { hold: (name, options) => host.hold(name, options) },
    };
    const host: Host = new Host({
      directory,
      stateDirectory: this.#state,
      types: typesOf(this.#options),
      ...(role === "manage" ? { loads: isKeeper } : {}),
      ports,
      embedded: embedded === undefined ? [] : [embedded],
      onStatus: (status) => {
        file.write(() => this.#board.update(status));
        this.#onStatus(status);
      },
    });
    return host;
  }
}

/** Why a run that has converged ends. */
const DONE = new DOMException("The node has converged", "AbortError");

const NOTHING: Disposable = { [Symbol.dispose]() {} };

function statusName(role: "all" | "manage" | "host"): string {
  return role === "host" ? "status-host.json" : "status.json";
}
