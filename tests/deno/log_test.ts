import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { createLog, type LogOptions, redact } from "../../src/deno/log.ts";

function logged(options: LogOptions, run: (log: ReturnType<typeof createLog>) => void): string[] {
  const lines: string[] = [];
  run(createLog({ now: () => 0, write: (line) => lines.push(line), ...options }));
  return lines;
}

Deno.test("createLog() writes one line of text a call, from its level up", () => {
  const lines = logged({ level: "warn" }, (log) => {
    log.debug("no");
    log.info("no");
    log.warn("Look at this", { machine: "facts", why: "two words", n: 3, list: [1] });
    log.error("Failed");
  });
  deepStrictEqual(lines, [
    '1970-01-01T00:00:00.000Z WARN  Look at this machine=facts why="two words" n=3 list=[1]\n',
    "1970-01-01T00:00:00.000Z ERROR Failed\n",
  ]);
});

Deno.test("createLog() writes JSON lines when told to", () => {
  const cause = new Error("refused", { cause: Object.assign(new Error("deep"), { code: "E" }) });
  const [line] = logged({ format: "json" }, (log) => log.info("Hello", { cause, big: 10n }));
  deepStrictEqual(JSON.parse(line ?? ""), {
    time: "1970-01-01T00:00:00.000Z",
    level: "info",
    message: "Hello",
    cause: "refused: deep [E]",
    big: "10",
  });
});

Deno.test("createLog() leaves out fields that are undefined, in text as in JSON", () => {
  const say = (log: ReturnType<typeof createLog>) => log.info("Hello", { hint: undefined, a: 1 });
  deepStrictEqual(logged({}, say), ["1970-01-01T00:00:00.000Z INFO  Hello a=1\n"]);
  const [line] = logged({ format: "json" }, say);
  deepStrictEqual(Object.keys(JSON.parse(line ?? "")), ["time", "level", "message", "a"]);
});

for (const format of ["text", "json"] as const) {
  Deno.test(`createLog() writes no secrets as ${format} (#206)`, () => {
    const secret = "hunter2";
    const text = logged({ format }, (log) => {
      log.info(`Fetching https://u:${secret}@host/x`, {
        password: secret,
        url: `nats://u:${secret}@host`,
        nested: { token: secret, list: [{ private_key: secret }, `tls://u:${secret}@h`] },
        cause: new Error(`bad https://u:${secret}@host`),
        Authorization: secret,
        basic_password: secret,
        absent_password: undefined,
      });
    }).join("");
    ok(!text.includes(secret), text);
    ok(text.includes("***@host"), text);
  });
}

Deno.test("createLog() keeps lines whole, whatever is logged, and never throws", () => {
  const ring: Record<string, unknown> = { text: "a\nb\u001b[31m" };
  ring["self"] = ring;
  const lines = logged({}, (log) => {
    log.info("one\ntwo\u001b", { text: "a\nFAKE level=error", ring, f: () => 1, u: undefined });
  });
  strictEqual(lines.length, 1);
  strictEqual(lines[0]?.indexOf("\n"), (lines[0]?.length ?? 0) - 1);
  ok(!lines[0]?.includes("\u001b"));
  logged({
    write: () => {
      throw new Error("closed");
    },
  }, (log) => log.error("x"));
});

Deno.test("redact() takes credentials out of URLs and leaves the rest", () => {
  strictEqual(redact("get http://a:b@c/d?e=f@g"), "get http://***@c/d?e=f@g");
  strictEqual(redact("me@example.net"), "me@example.net");
});
