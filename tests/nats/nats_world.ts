import { DenoClock } from "../../src/deno/clock.ts";
import { connectNats, type NatsWorld } from "../../src/nats/connect.ts";
import type { NatsOptions } from "../../src/nats/options.ts";
import { MemoryLog } from "../../src/testing/memory_log.ts";
import type { NatsServer } from "../support/nats_server.ts";

/** A world through NATS for a test, quick to connect again. */
export interface TestWorld extends NatsWorld {
  /** What was logged. */
  readonly log: MemoryLog;
}

/** Connects to a test's server. */
export async function openWorld(
  server: NatsServer | string,
  options: Partial<NatsOptions> = {},
): Promise<TestWorld> {
  const log = new MemoryLog();
  const url = typeof server === "string" ? server : server.url;
  const settings = { servers: [url], timeoutMs: 2_000, maxWaitMs: 300, ...options };
  const world = await connectNats(settings, { clock: new DenoClock(), log, random: Math.random });
  return Object.defineProperty(world, "log", { value: log }) as TestWorld;
}
