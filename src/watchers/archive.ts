import type { Data, Outcome, WatchContext, Watcher, WatcherPace } from "../machine/watcher.ts";
import type { Difference, InstallReport, InstallRequest } from "../ports/installer.ts";
import type { Ports } from "../ports/ports.ts";
import { backoff } from "../util/backoff.ts";
import { ArchiveRequest } from "./archive_request.ts";
import { failure } from "./failure.ts";
import { splayDelay } from "./splay.ts";

/** The ports that {@linkcode ArchiveWatcher} uses. */
export type ArchivePorts = Pick<
  Ports,
  "admission" | "clock" | "installer" | "log" | "neighbours" | "random"
>;

const DEFAULT_INTERVAL_MS = 120_000;
const MINIMUM_INTERVAL_MS = 10_000;

/** Every so many checks all files are hashed, not only those that look changed. */
const FULL_EVERY = 30;

/** A healthy machine is announced again after this long. */
const HEARTBEAT_MS = 3_600_000;

/** Repairs within {@linkcode DRIFT_WINDOW_MS} before somebody else is taken to write there too. */
const MAX_REPAIRS = 5;
const DRIFT_WINDOW_MS = 600_000;

/** Differences that a reason names. */
const NAMED_DIFFERENCES = 3;

/** Keeps one directory beside its machine exactly what a verified archive holds. */
export class ArchiveWatcher implements Watcher {
  /** The name that manifests use. */
  static readonly type = "archive";

  /** As `WatcherType` has it. */
  static create(properties: Data, ports: ArchivePorts): ArchiveWatcher {
    return new ArchiveWatcher(properties, ports);
  }

  /** How the loop treats this type. */
  readonly pace: WatcherPace = { defaultMs: DEFAULT_INTERVAL_MS, minimumMs: MINIMUM_INTERVAL_MS };
  readonly #request: ArchiveRequest;
  readonly #ports: ArchivePorts;
  /** The request of the last look, to see that another one is asked for. */
  #asked = "";
  /** When it was first asked for, on the monotonic clock. */
  #askedAt = 0;
  /** SHA-256 of the archive that stands in place, once an install has told. */
  #installed: string | undefined;
  #checks = 0;
  #failures = 0;
  #failed: { readonly outcome: Outcome; readonly retryAt: number } | undefined;
  #repairs: readonly number[] = [];
  #announcedAt: number | undefined;
  /** Keeps the machine stopped while what stands there is not what was signed. */
  #held: AsyncDisposable | undefined;

  /** Throws TypeError or RangeError naming the property. */
  constructor(properties: Data, ports: ArchivePorts) {
    this.#request = new ArchiveRequest(properties, ports.log);
    this.#ports = ports;
  }

  /** Checks what stands in place, and installs what should. */
  async watch(context: WatchContext): Promise<Outcome> {
    let request: InstallRequest | undefined;
    let outcome: Outcome;
    try {
      request = await this.#request.expand(context);
      this.#forget(request);
      outcome = await this.#splay(request, context) ?? await this.#settle(request, context.signal);
    } catch (error) {
      context.signal.throwIfAborted();
      outcome = this.#failure(error);
    }
    if (outcome.result === "failure") await this.#guardOld(context);
    context.signal.throwIfAborted();
    return this.#report(outcome, { context, request });
  }

  /** What it keeps stopped is somebody else's to judge from here on. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#release();
  }

  /** Another archive is another start: what failed for the old one says nothing of the new one. */
  #forget(request: InstallRequest): void {
    const asked = JSON.stringify(request);
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#askedAt = this.#ports.clock.monotonic();
    this.#installed = undefined;
    this.#failures = 0;
    this.#failed = undefined;
    this.#repairs = [];
    // Nodes and machines take their full passes at different times.
    this.#checks = Math.floor(this.#ports.random() * FULL_EVERY);
  }

  /** A fleet does not ask one host at one moment: until this node's turn, what stands in place stays. */
  async #splay(
    request: InstallRequest,
    { machine: { identity }, signal }: WatchContext,
  ): Promise<Outcome | undefined> {
    if (this.#request.splayMs === 0 || this.#installed !== undefined) return undefined;
    const delay = splayDelay(this.#request.splayMs, { identity, checksum: request.checksum });
    const again = Math.ceil(this.#askedAt + delay - this.#ports.clock.monotonic());
    if (again <= 0) return undefined;
    const { result } = await this.#ports.installer.check(request, { signal });
    if (result === "verified") return undefined;
    const reason = `waits ${Math.ceil(again / 1000)} s, so that not all nodes download at once`;
    return { result: "unchanged", state: "waiting", code: "splay", reason, again };
  }

  async #settle(request: InstallRequest, signal: AbortSignal): Promise<Outcome> {
    if (this.#installed !== undefined) {
      const depth = ++this.#checks % FULL_EVERY === 0 ? "full" : "stat";
      const check = await this.#ports.installer.check(request, { signal, depth });
      if (check.result === "verified") {
        await this.#release();
        return verified(check.files);
      }
      // What cannot be read may yet be what was signed.
      if (check.differences.some(({ kind }) => kind !== "unreadable")) {
        await this.#hold(`it is not what was signed: ${named(check.differences)}`, signal);
      }
    }
    const now = this.#ports.clock.monotonic();
    if (this.#failed !== undefined && this.#failed.retryAt - now > 1) {
      return { ...this.#failed.outcome, again: Math.ceil(this.#failed.retryAt - now) };
    }
    this.#failed = undefined;
    const drift = this.#drift(now);
    if (drift !== undefined) return drift;
    const report = await this.#ports.installer.install(request, {
      signal,
      hold: (directory) => this.#ports.neighbours.hold(directory, { signal }),
    });
    this.#installed = report.checksum;
    this.#failures = 0;
    await this.#release();
    if (report.result === "unchanged") return verified();
    if (hasDifferences(report)) this.#repairs = [...this.#repairs, now];
    return downloaded(report, request.creates);
  }

  /** First it ends, and only then it is repaired; what cannot be repaired does not run. */
  async #hold(reason: string, signal: AbortSignal): Promise<void> {
    if (this.#held !== undefined) return;
    const { creates } = this.#request;
    const { log, neighbours } = this.#ports;
    log.warn("A machine is kept stopped until it is repaired", {
      machine: creates,
      code: "tampered",
      reason,
    });
    this.#held = await neighbours.hold(creates, { signal });
  }

  async #release(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    await held?.[Symbol.asyncDispose]();
  }

  /** Until the archive can be had, what was signed before it runs on, and is watched no less. */
  async #guardOld({ cause, signal }: WatchContext): Promise<void> {
    // Whoever nudges has just asked the same, and would be told to nudge again.
    if (this.#installed !== undefined || cause === "wake") return;
    const { creates } = this.#request;
    const verdict = await this.#ports.admission.admit(creates, { signal });
    if (verdict.ok) await this.#release();
    else if (verdict.stops) await this.#hold(verdict.reason, signal);
  }

  /** Somebody else who keeps writing there is not answered with a download each time. */
  #drift(now: number): Outcome | undefined {
    this.#repairs = this.#repairs.filter((at) => now - at < DRIFT_WINDOW_MS);
    const [first] = this.#repairs;
    if (first === undefined || this.#repairs.length < MAX_REPAIRS) return undefined;
    return {
      ...failure("drift_loop", `repaired ${MAX_REPAIRS} times in ten minutes and changed again`),
      again: Math.ceil(first + DRIFT_WINDOW_MS - now),
    };
  }

  #failure(error: unknown): Outcome {
    const { clock, random } = this.#ports;
    const { code = "failed", retryAfterMs, reason } = describe(error);
    const again = retryAfterMs ??
      backoff(++this.#failures, { baseMs: 2_000, maxMs: 900_000, minMs: 500, random });
    const outcome = failure(code, reason);
    this.#failed = { outcome, retryAt: clock.monotonic() + again };
    return { ...outcome, again };
  }

  #report(
    outcome: Outcome,
    look: {
      readonly context: WatchContext;
      readonly request: InstallRequest | undefined;
    },
  ): Outcome {
    const { previous } = look.context;
    const now = this.#ports.clock.monotonic();
    const same = previous?.state === outcome.state && previous?.code === outcome.code;
    const due = this.#announcedAt === undefined || now - this.#announcedAt >= HEARTBEAT_MS;
    const announce = outcome.state === "downloaded" || !same || due;
    if (announce) this.#announcedAt = now;
    const source = publicSource(look.request?.sources[0]);
    const { state, code, reason } = outcome;
    return {
      ...outcome,
      announce,
      details: {
        ...outcome.details,
        ...(source === undefined ? {} : { source }),
        creates: this.#request.creates,
        deployment: {
          name: this.#request.creates,
          state,
          ...(this.#held === undefined ? {} : { held: true }),
          ...(this.#installed === undefined ? {} : { installed: this.#installed }),
          ...(code === undefined ? {} : { code }),
          reason,
        },
      },
    };
  }
}

function verified(files?: number): Outcome {
  const reason = files === undefined ? "verified" : `verified ${files} files`;
  return { result: "success", state: "verified", reason };
}

function downloaded(report: InstallReport, creates: string): Outcome {
  const { repaired = [] } = report;
  const reason = repaired.length === 0
    ? `installed "${creates}"`
    : `repaired "${creates}": ${named(repaired)}`;
  return {
    result: "success",
    state: "downloaded",
    reason,
    ...(repaired.length === 0 ? {} : { details: { repaired } }),
    directories: [creates],
  };
}

function named(differences: readonly Difference[]): string {
  const first = differences.slice(0, NAMED_DIFFERENCES).map(({ kind, path }) =>
    `${kind} "${path}"`
  );
  const more = differences.length - first.length;
  return `${first.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function hasDifferences(report: InstallReport): boolean {
  return report.repaired !== undefined && report.repaired.length > 0;
}

/** Errors come from the installer, from a worker or from the manifest; all may carry a code. */
function describe(error: unknown): {
  readonly code?: string;
  readonly retryAfterMs?: number;
  readonly reason: string;
} {
  if (!(error instanceof Error)) return { reason: String(error) };
  const { code, retryAfterMs } = error as {
    readonly code?: unknown;
    readonly retryAfterMs?: unknown;
  };
  return {
    ...(typeof code === "string" ? { code } : {}),
    ...(typeof retryAfterMs === "number" && retryAfterMs > 0 ? { retryAfterMs } : {}),
    reason: error.message,
  };
}

/** A source as events may show it: without user, password, query and fragment. */
function publicSource(source: string | undefined): string | undefined {
  if (source === undefined || !URL.canParse(source)) return undefined;
  const { origin, pathname } = new URL(source);
  return origin === "null" ? undefined : `${origin}${pathname}`;
}
