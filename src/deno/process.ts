import { type Process, ProcessError, type RunOptions, type RunResult } from "../ports/process.ts";
import { CappedOutput } from "./capped_output.ts";
import { ProcessGroup } from "./process_group.ts";

/** Milliseconds that output may still arrive after a command has ended: an orphan may hold the pipe for ever. */
const ORPHAN_MS = 250;

/** Longest timer that the runtime knows. */
const LONGEST_TIMER_MS = 0x7fffffff;

/** Commands through Deno, each in a process group of its own. */
export class DenoProcess implements Process {
  readonly #groups = new Set<ProcessGroup>();

  async run(command: readonly string[], options: RunOptions): Promise<RunResult> {
    const { signal, timeoutMs, outputLimit, graceMs = 2_000 } = options;
    signal.throwIfAborted();
    const child = spawn(command, options);
    const output = new CappedOutput(outputLimit);
    const readers = [child.stdout.getReader(), child.stderr.getReader()];
    const reading = Promise.all(readers.map((reader) => drain(reader, output)));
    const group = new ProcessGroup(child, reading);
    this.#groups.add(group);
    let timedOut = false;
    let ending: Promise<void> | undefined;
    const end = () => ending ??= group.end(graceMs);
    const timer = setTimeout(() => {
      timedOut = true;
      end();
    }, Math.min(timeoutMs, LONGEST_TIMER_MS));
    signal.addEventListener("abort", end, { once: true });
    try {
      const status = await child.status;
      clearTimeout(timer);
      await ending;
      await settled(reading, ORPHAN_MS);
      signal.throwIfAborted();
      const { truncated } = output;
      return { code: status.code, timedOut, output: output.bytes(), truncated };
    } finally {
      this.#groups.delete(group);
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      await Promise.all(readers.map((reader) => reader.cancel().catch(() => {})));
      await reading;
    }
  }

  /** Ends every command that runs, without grace. What is waited for then ends as after any kill. */
  killAll(): void {
    for (const group of this.#groups) group.kill();
  }
}

function spawn(command: readonly string[], options: RunOptions): Deno.ChildProcess {
  const [name = "", ...args] = command;
  try {
    return new Deno.Command(name, {
      args,
      cwd: options.cwd,
      env: { ...options.env },
      clearEnv: true,
      detached: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (cause) {
    const { code, why } = explain(cause);
    throw new ProcessError(`Cannot run "${name}": ${why}`, { code, cause });
  }
}

function explain(cause: unknown): { code: ProcessError["code"]; why: string } {
  if (cause instanceof Deno.errors.NotCapable) {
    return { code: "permission", why: "Deno was not given --allow-run for it" };
  }
  if (cause instanceof Deno.errors.NotFound) {
    return cause.message.includes("No such cwd")
      ? { code: "failed", why: "its working directory does not exist" }
      : { code: "not_found", why: "there is no such command" };
  }
  if (cause instanceof Deno.errors.PermissionDenied) {
    return { code: "denied", why: "the operating system refuses it" };
  }
  return {
    code: "failed",
    why: cause instanceof Error ? cause.message : "it could not be started",
  };
}

async function drain(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  output: CappedOutput,
): Promise<void> {
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      output.push(value);
    }
  } catch {
    // A pipe that breaks has no more output.
  }
}

/** Waits for `promise`, but not longer than `ms`. */
async function settled(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, ms));
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
