import { deepStrictEqual as equal, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { MATCH_TIMEOUT_MS, MAX_DEPTH, MAX_SOURCE_BYTES } from "../../src/match/limits.ts";
import { MatchError } from "../../src/match/match_error.ts";
import { compileMatch, type EvaluateOptions } from "../../src/match/match.ts";
import type { MatchCall } from "../../src/match/evaluation.ts";
import type { Node } from "../../src/ports/node.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { FakeNode } from "../../src/testing/fake_node.ts";

const node = new FakeNode({ identity: "web1" });

function limited(source: string): void {
  throws(() => compileMatch(source), { name: "MatchError", kind: "limit" }, source.slice(0, 80));
}

Deno.test("compileMatch() refuses a source over its limit (#69)", async () => {
  const fill = (bytes: number) => "true".padEnd(bytes, " ");
  strictEqual(await compileMatch(fill(MAX_SOURCE_BYTES - 1)).evaluate(node), true);
  strictEqual(await compileMatch(fill(MAX_SOURCE_BYTES)).evaluate(node), true);
  limited(fill(MAX_SOURCE_BYTES + 1));
  limited(" ".repeat(MAX_SOURCE_BYTES + 1));
  // bytes, not characters
  limited(`'${"é".repeat(MAX_SOURCE_BYTES / 2)}' == ''`);
});

Deno.test("compileMatch() refuses nesting over its limit, of every kind (#69)", async () => {
  const nest = (open: string, inner: string, close: string) => (levels: number) =>
    open.repeat(levels) + inner + close.repeat(levels);
  // The whole expression is the first level.
  const parentheses = nest("(", "true", ")");
  strictEqual(await compileMatch(parentheses(MAX_DEPTH - 2)).evaluate(node), true);
  strictEqual(await compileMatch(parentheses(MAX_DEPTH - 1)).evaluate(node), true);
  limited(parentheses(MAX_DEPTH));
  for (
    const kind of [
      nest("!", "true", ""),
      nest("not ", "true", ""),
      nest("- ", "1", ""),
      nest("[", "1", "]"),
      nest("identity(", "'a'", ")"),
      nest("get_fact('a')[", "'a'", "]"),
      nest("true ? true : ", "true", ""),
      nest("true ? ", "true", " : true"),
      nest("2 ** ", "2", ""),
      nest("true && (", "true", ")"),
    ]
  ) {
    limited(kind(250));
  }
});

Deno.test("evaluate() goes through chains of any length that the source allows (#69)", async () => {
  const chains: readonly string[] = [
    `${"true&&".repeat(680)}true`,
    `${"false||".repeat(584)}true`,
    `${"true and ".repeat(454)}true`,
    `0${"+1".repeat(2040)}==2040`,
    `1${"*1".repeat(2040)}==1`,
    `0${"<1".repeat(1)}${"<=1".repeat(1300)}`,
    `(get_fact('a')??nil${"??nil".repeat(800)})==nil`,
    `get_fact('a')?.a${".a".repeat(2000)}==nil`,
    `true${"==true".repeat(600)}`,
    `[${"1,".repeat(2030)}1] != []`,
    `${"!".repeat(60)}true`,
  ];
  for (const source of chains) {
    ok(source.length <= MAX_SOURCE_BYTES);
    strictEqual(await compileMatch(source).evaluate(node), true, source.slice(0, 60));
  }
});

Deno.test("evaluate() bounds strings and comparisons (#69)", async () => {
  const text = new FakeNode({
    facts: {
      a: "x".repeat(40_000),
      wide: new Array(20_000).fill(0),
      other: new Array(20_000).fill(0),
    },
  });
  const cases = [
    "get_fact('a') + get_fact('a') == ''",
    "get_fact('wide') == get_fact('other')",
    "1 in get_fact('wide')",
    "get_fact('a') matches '(a|b|c)*(d|e)*x{30}$'",
  ];
  for (const source of cases) {
    await rejects(
      compileMatch(source).evaluate(text),
      { name: "MatchError", kind: "limit" },
      source,
    );
  }
  strictEqual(await compileMatch("get_fact('a') + 'b' endsWith 'b'").evaluate(text), true);
});

/** A node whose every question hangs, unless it heeds its signal. */
function hanging(asked: AbortSignal[]): Node {
  const hang = (_: unknown, options?: { signal?: AbortSignal }) => {
    if (options?.signal !== undefined) asked.push(options.signal);
    return new Promise<never>(() => {});
  };
  return {
    identity: "n",
    facts: (options) => hang("", options),
    pathKind: hang,
    hasCommand: hang,
  };
}

const HANGS = [
  "has_file('/nfs')",
  "has_directory('/nfs')",
  "has_command('x')",
  "get_fact('a') == nil",
  "true && !has_file('/nfs')",
];

Deno.test("evaluate() gives up on a probe that hangs (#71)", async () => {
  for (const source of HANGS) {
    const clock = new FakeClock();
    const asked: AbortSignal[] = [];
    const answer = compileMatch(source).evaluate(hanging(asked), { clock });
    const seen = answer.then(() => "answered", (error: MatchError) => error.kind);
    await clock.advance(MATCH_TIMEOUT_MS - 1);
    strictEqual(asked[0]?.aborted, false);
    await clock.advance(1);
    strictEqual(await seen, "timeout");
    strictEqual(asked[0]?.aborted, true, "the probe is told to stop");
    strictEqual(clock.waiting, 0);
  }
});

Deno.test("evaluate() heeds its signal", async () => {
  const match = compileMatch("has_file('/nfs')");
  const reason = new Error("enough");
  const aborted: EvaluateOptions = { signal: AbortSignal.abort(reason) };
  await rejects(match.evaluate(node, aborted), reason);
  await rejects(compileMatch("").evaluate(node, aborted), reason);
  const controller = new AbortController();
  const asked: AbortSignal[] = [];
  const answer = match.evaluate(hanging(asked), { signal: controller.signal });
  controller.abort(reason);
  await rejects(answer, reason);
  strictEqual(asked.every(({ aborted }) => aborted), true);
});

Deno.test("evaluate() takes a timeout as its signal for an unknown answer (#71)", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const answer = compileMatch("has_file('/nfs')").evaluate(hanging([]), { signal });
  controller.abort(new DOMException("Signal timed out", "TimeoutError"));
  await rejects(answer, { name: "MatchError", kind: "timeout", code: "match_error" });
});

Deno.test("evaluate() leaves no sleep behind", async () => {
  const clock = new FakeClock();
  strictEqual(await compileMatch("identity('web')").evaluate(node, { clock }), true);
  await clock.settle();
  strictEqual(clock.waiting, 0);
});

Deno.test("evaluate() reads facts once, and not when nobody asks", async () => {
  let reads = 0;
  const counting: Node = {
    identity: "web1",
    facts: () => Promise.resolve({ a: ++reads }),
    pathKind: () => Promise.resolve("absent"),
    hasCommand: () => Promise.resolve(false),
  };
  await compileMatch("identity('x')").evaluate(counting);
  strictEqual(reads, 0);
  const match = compileMatch("get_fact('a') == get_fact('a') && get_fact('a') < 9");
  strictEqual(await match.evaluate(counting), true);
  strictEqual(reads, 1);
  await match.evaluate(counting);
  strictEqual(reads, 2);
});

Deno.test("evaluate() tells each call, its answer and its failure", async () => {
  const calls: MatchCall[] = [];
  const onCall = (call: MatchCall) => calls.push(call);
  const asked = new FakeNode({
    identity: "web1",
    facts: { a: 1 },
    paths: { "/secret": new Error("no right") },
  });
  const source = "get_fact('a') == 1 && (identity('^db') || has_file('/secret') || identity('x'))";
  await rejects(compileMatch(source).evaluate(asked, { onCall }), MatchError);
  equal(calls, [
    { name: "get_fact", argument: "a", column: 1, result: 1 },
    { name: "identity", argument: "^db", column: 24, result: false },
    { name: "has_file", argument: "/secret", column: 43, error: "no right" },
  ]);
});
