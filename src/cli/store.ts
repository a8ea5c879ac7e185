import { DenoClock } from "../deno/clock.ts";
import { DirectoryKv } from "../deno/directory_kv.ts";
import type { Kv } from "../ports/kv.ts";
import { absolutePath } from "./absolute_path.ts";
import type { Input } from "./input.ts";
import type { Terminal } from "./terminal.ts";

/** Opens the store that the options name, for one command. Rejects with KvError when it cannot be reached. */
export async function openStore(input: Input, io: Terminal): Promise<Kv> {
  const store = input.text("store") ?? "";
  if (store.startsWith("file:")) {
    const directory = absolutePath(store.slice("file:".length).replace(/^\/\/(?=\/)/, ""), io.cwd);
    return new DirectoryKv({ directory, fs: io.fs, clock: new DenoClock() });
  }
  const { openNats } = await import("./nats_store.ts");
  return await openNats(input, io);
}
