import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { ProcessError } from "../../src/ports/process.ts";
import { FakeProcess } from "../../src/testing/fake_process.ts";
import { testProcessContract } from "../support/process_contract.ts";

testProcessContract("FakeProcess", () =>
  new FakeProcess()
    .on("echo", (command) => ({ output: new TextEncoder().encode(`${command[1]}\n`) }))
    .on("false", () => ({ code: 1 }))
    .on("sleep", () => new Promise(() => {})));

const { signal } = new AbortController();
const options = { cwd: "/", env: {}, timeoutMs: 1_000, outputLimit: 3, signal };

Deno.test("FakeProcess.run() does what was defined, caps output and remembers", async () => {
  const process = new FakeProcess()
    .on("say", (command) => ({ output: new TextEncoder().encode(command[1]) }))
    .on("fail", () => Promise.resolve({ code: 2 }));
  const said = await process.run(["say", "hello"], options);
  deepStrictEqual([new TextDecoder().decode(said.output), said.truncated, said.code], [
    "hel",
    true,
    0,
  ]);
  strictEqual((await process.run(["fail"], options)).code, 2);
  deepStrictEqual(process.runs.map((run) => run.command[0]), ["say", "fail"]);
  await rejects(
    process.run(["none"], options),
    (error) => error instanceof ProcessError && error.code === "not_found",
  );
  strictEqual(process.running, 0);
});

Deno.test("FakeProcess.run() ends with the reason when it is aborted", async () => {
  const controller = new AbortController();
  const process = new FakeProcess().on("hang", () => new Promise(() => {}));
  const reason = new Error("enough");
  const failing = rejects(
    process.run(["hang"], { ...options, signal: controller.signal }),
    (error) => error === reason,
  );
  strictEqual(process.running, 1);
  controller.abort(reason);
  await failing;
  strictEqual(process.running, 0);
});
