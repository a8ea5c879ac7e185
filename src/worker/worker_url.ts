import { linkWorker } from "./link.ts";

let linked: string | undefined;

/**
 * Where a worker is started from: its own module where the process may read our sources, as Deno has that one stripped and
 * compiled in its cache; else, under scoped permissions and in a compiled binary, the blob that is made of their texts, which takes a tenth of a second longer the first time.
 */
export function workerUrl(): string {
  const sources = new URL("../", import.meta.url);
  return mayRead(sources) ? new URL("./worker_main.ts", import.meta.url).href : blobUrl();
}

function blobUrl(): string {
  linked ??= linkWorker();
  return linked;
}

function mayRead(sources: URL): boolean {
  if (sources.protocol !== "file:" || Deno.build.standalone) return false;
  return Deno.permissions.querySync({ name: "read", path: sources }).state === "granted";
}
