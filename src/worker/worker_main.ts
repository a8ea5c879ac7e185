/**
 * What runs inside a worker: the same code as on the main thread, asked by messages. Nothing imports this module; its
 * text is linked into a blob by `link.ts`, because a worker may not read source files under scoped permissions.
 *
 * @module
 */
import { hashFiles } from "../archive/hash_files.ts";
import { syncTrees } from "../archive/sync_tree.ts";
import { Unpacking } from "../archive/unpacking.ts";
import { DenoFs } from "../deno/fs.ts";
import { crossError } from "./crossed_error.ts";
import type { WorkerAnswer, WorkerAsk, WorkerValues } from "./message.ts";

const fs = new DenoFs();
let unpacking: Unpacking | undefined;
let last: Promise<void> = Promise.resolve();

self.onmessage = (event: MessageEvent<WorkerAsk>) => {
  // One after the other, as they came.
  last = last.then(() => answer(event.data));
};

async function answer(ask: WorkerAsk): Promise<void> {
  let reply: WorkerAnswer;
  try {
    reply = { ok: true, value: await act(ask) };
  } catch (error) {
    reply = { ok: false, error: crossError(error) };
  }
  const used = reply.ok && reply.value instanceof ArrayBuffer ? [reply.value] : [];
  self.postMessage(reply, used);
}

async function act(ask: WorkerAsk): Promise<WorkerValues[keyof WorkerValues]> {
  switch (ask.kind) {
    case "stage":
      unpacking = new Unpacking(fs, ask.options);
      return;
    case "write":
      await staging().write(ask.bytes);
      return ask.bytes.buffer;
    case "read":
      return await staging().readFrom(ask.path);
    case "finish":
      return await staging().finish();
    case "dispose":
      await unpacking?.[Symbol.asyncDispose]();
      unpacking = undefined;
      return;
    case "hash":
      return hashFiles(fs, ask.root, ask.jobs);
    case "sync":
      for (const _ of syncTrees(fs, ask.paths));
      return;
  }
}

function staging(): Unpacking {
  if (unpacking === undefined) throw new TypeError("Cannot go on with stage: none is open");
  return unpacking;
}
