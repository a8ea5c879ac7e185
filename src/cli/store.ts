import { DenoClock } from "../deno/clock.ts";
import { DirectoryKv } from "../deno/directory_kv.ts";
import { denoPorts } from "../deno/ports.ts";
import type { Kv } from "../ports/kv.ts";
import { absolutePath } from "./absolute_path.ts";
import type { Input } from "./input.ts";
import { isNatsStore, natsSettings } from "./nats_settings.ts";
import type { Terminal } from "./terminal.ts";

/** Opens the store that the options name, for one command. Rejects with KvError when it cannot be reached. */
export async function openStore(input: Input, io: Terminal): Promise<Kv> {
  if (!isNatsStore(input)) {
    return new DirectoryKv({
      directory: storeDirectory(input, io),
      fs: io.fs,
      clock: new DenoClock(),
    });
  }
  const { connectNats } = await import("../nats/connect.ts");
  // One command says in one line what went wrong; a log beside it would say it twice.
  const ports = denoPorts({ node: { identity: "unknown" }, log: { write: () => {} } });
  const world = await connectNats(natsSettings(input, io), ports);
  try {
    await world.ready();
  } catch (error) {
    await world[Symbol.asyncDispose]();
    throw error;
  }
  return world.kv;
}

/** Absolute path of a directory store. */
export function storeDirectory(input: Input, io: Terminal): string {
  const path = (input.text("store") ?? "").slice("file:".length).replace(/^\/\/(?=\/)/, "");
  return absolutePath(path, io.cwd);
}
