import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { compileMatch } from "../../src/match/match.ts";
import { MatchError } from "../../src/match/match_error.ts";
import { FakeNode } from "../../src/testing/fake_node.ts";

const NAMES = { variables: ["data", "facts", "identity"] };

const node = new FakeNode({
  identity: "web1.example.net",
  facts: { os: { family: "linux" }, cores: 8 },
});

const data = {
  on: true,
  off: false,
  nothing: null,
  count: 3,
  text: "hello",
  list: ["a", "b"],
  nested: { deep: { x: 1 } },
  "with-dash": 1,
};

const ANSWERS: readonly [string, boolean][] = [
  ["data.on", true],
  ["data.off", false],
  ["data.missing", false],
  ["data.nothing", false],
  ["!data.off && data.on", true],
  ["data.count == 3", true],
  ["data.count > 2 && data.count % 2 == 1", true],
  ["data.text == 'hello'", true],
  ["data.text matches '^h.*o$'", true],
  ["data['with-dash'] == 1", true],
  ["'count' in data", true],
  ["'nope' not in data", true],
  ["'a' in data.list", true],
  ["data.list[1] == 'b'", true],
  ["data.nested.deep.x == 1", true],
  ["data.nope?.deep.x == nil", true],
  ["(data.nope ?? 1) == 1", true],
  ["data != nil", true],
  // own properties only
  ["data.constructor == nil", true],
  ["data['__proto__'] == nil", true],
  ["'toString' in data", false],
  ["data.nested.hasOwnProperty == nil", true],
  // the node's own
  ["facts.os.family == 'linux'", true],
  ["facts.cores == get_fact('cores')", true],
  ["'os' in facts", true],
  ["identity == 'web1.example.net'", true],
  ["identity startsWith 'web'", true],
  // the function of the same name goes on
  ["identity('^web')", true],
  ["identity ('^db')", false],
  ["identity('^web') && identity contains 'example'", true],
  ["identity(identity)", true],
  ["identity in ['web1.example.net']", true],
];

Deno.test("evaluate() reads the variables that its caller gave", async () => {
  for (const [source, wanted] of ANSWERS) {
    const answer = await compileMatch(source, NAMES).evaluate(node, { variables: { data } });
    strictEqual(answer, wanted, source);
  }
});

Deno.test("evaluate() prefers the caller's values to the node's own", async () => {
  const match = compileMatch("facts.os == 'mine' && identity == 'me'", NAMES);
  const variables = { facts: { os: "mine" }, identity: "me" };
  strictEqual(await match.evaluate(node, { variables }), true);
});

Deno.test("evaluate() takes a variable without a value for nil", async () => {
  const match = compileMatch("constructor == nil && data == nil", {
    variables: ["constructor", "data"],
  });
  strictEqual(await match.evaluate(node), true);
});

Deno.test("evaluate() rejects where a variable gives no answer", async () => {
  const broken = new FakeNode({ facts: new SyntaxError("half a file") });
  const cases: readonly [string, FakeNode, number | undefined][] = [
    ["data.count", node, undefined],
    ["data.missing > 1", node, 14],
    ["data.missing.x == 1", node, 1],
    ["data.text + 1 == 2", node, 11],
    ["data[0] == 1", node, 1],
    ["true && facts.a == 1", broken, 9],
  ];
  for (const [source, asked, column] of cases) {
    const answer = compileMatch(source, NAMES).evaluate(asked, { variables: { data } });
    await rejects(answer, (error: unknown) => {
      ok(error instanceof MatchError, source);
      deepStrictEqual([source, error.kind], [source, "evaluation"]);
      if (column !== undefined) deepStrictEqual([source, error.column], [source, column]);
      return true;
    });
  }
  // Who does not ask does not mind.
  strictEqual(await compileMatch("true || facts.a == 1", NAMES).evaluate(broken), true);
});

Deno.test("compileMatch() knows the names that its caller gave, and no others", () => {
  const refused: readonly [string, readonly string[]][] = [
    ["data.x == 1", []],
    ["facts.x == 1", ["data"]],
    ["identity == 'a'", ["data"]],
    ["other == 1", ["data"]],
    ["data('x')", ["data"]],
    ["constructor == 1", ["data"]],
    ["data", ["Data"]],
  ];
  for (const [source, variables] of refused) {
    throws(() => compileMatch(source, { variables }), { name: "MatchError", kind: "type" }, source);
  }
  throws(() => compileMatch("data.x + 1", NAMES), /expected bool, but got float/);
});

Deno.test("membersOf() lists the members that an expression names", () => {
  const cases: readonly [string, readonly string[]][] = [
    ["", []],
    ["true", []],
    ["data.b.c && data['a'] == data?.b", ["a", "b"]],
    ["'x' in data || (data).y", ["x", "y"]],
    ["data[data.name] == 1", ["name"]],
    ["facts.z == identity", []],
  ];
  for (const [source, wanted] of cases) {
    deepStrictEqual(compileMatch(source, NAMES).membersOf("data"), wanted, source);
  }
});
