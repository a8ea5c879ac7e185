import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { type Process, ProcessError, type RunOptions } from "../../src/ports/process.ts";

/** Registers the tests that every runner of commands passes. */
export function testProcessContract(name: string, open: () => Process): void {
  const options = (given: Partial<RunOptions> = {}): RunOptions => ({
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
    timeoutMs: 20_000,
    outputLimit: 1_000,
    signal: new AbortController().signal,
    ...given,
  });

  Deno.test(`${name}.run() gives exit code and output when a command ends`, async () => {
    const good = await open().run(["echo", "hello"], options());
    deepStrictEqual([good.code, good.timedOut, good.truncated], [0, false, false]);
    strictEqual(new TextDecoder().decode(good.output), "hello\n");
    strictEqual((await open().run(["false"], options())).code, 1);
  });

  Deno.test(`${name}.run() cuts the output when it is above the limit`, async () => {
    const result = await open().run(["echo", "hello"], options({ outputLimit: 4 }));
    deepStrictEqual([new TextDecoder().decode(result.output), result.truncated], ["hell", true]);
  });

  Deno.test(`${name}.run() rejects with not_found when there is no such command`, async () => {
    await rejects(
      open().run(["machinist-no-such-command"], options()),
      (error) => error instanceof ProcessError && error.code === "not_found",
    );
  });

  Deno.test(`${name}.run() rejects with the reason when it is aborted`, async () => {
    const reason = new Error("enough");
    const is = (error: unknown) => error === reason;
    const aborted = options({ signal: AbortSignal.abort(reason) });
    await rejects(open().run(["echo"], aborted), is);
    const controller = new AbortController();
    const running = open().run(["sleep", "60"], options({ signal: controller.signal }));
    const failing = rejects(running, is);
    controller.abort(reason);
    await failing;
  });
}
