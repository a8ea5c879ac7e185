import { deepStrictEqual as equal, ok, rejects, strictEqual } from "node:assert/strict";
import { MatchError } from "../../src/match/match_error.ts";
import { compileMatch } from "../../src/match/match.ts";
import { FakeNode } from "../../src/testing/fake_node.ts";

const node = new FakeNode({
  identity: "web1.example.net",
  facts: {
    os: { family: "linux", major: 9, tags: ["a", "b"] },
    cores: 8,
    load: 0.5,
    yes: true,
    no: false,
    nothing: null,
    "dotted.name": "d",
    disks: [{ name: "sda", size: 1 }, { name: "sdb", size: 2 }],
    text: "hello world",
    pattern: "^web",
    ["__proto__x"]: 1,
  },
  paths: {
    "/etc/hosts": "file",
    "/etc/ssh": "directory",
    "/dev/null": "other",
    "/root/secret": new Error("EACCES"),
  },
  commands: ["facter", "python3"],
});

/** What an expression gives on the node above. */
const ANSWERS: readonly [string, boolean][] = [
  // the seed document and choria.md 5
  ["", true],
  ["  \n", true],
  ["has_command('facter')", true],
  ["identity('^web') && has_command('facter')", true],
  ["identity('^db')", false],
  ["identity('eb1')", true],
  ["identity('WEB')", false],
  ["identity('(?i)WEB')", true],
  ["has_file('/etc/hosts')", true],
  ["has_file('/etc/ssh')", true],
  ["has_file('/dev/null')", true],
  ["has_file('/missing')", false],
  ["has_file('')", false],
  ["has_directory('/etc/ssh')", true],
  ["has_directory('/etc/hosts')", false],
  ["has_directory('/missing')", false],
  ["has_directory('')", false],
  ["has_command('')", false],
  ["has_command('nonesuch')", false],
  // literals, blanks and comments
  ["true", true],
  ["false", false],
  ["\ttrue\r\n", true],
  ["true // says so", true],
  ["/* a */ true /* b\n */", true],
  ["nil == null", true],
  ["nil == nil", true],
  ["nil != 1", true],
  ["'a' == \"a\"", true],
  ["`a\\d` == 'a\\\\d'", true],
  ["'\\u0041\\x42\\103\\U00000044' == 'ABCD'", true],
  ["'\\n\\t\\\\\\'' == `\n\t\\'`", true],
  ["1 == 1.0", true],
  ["1e3 == 1000", true],
  [".5 == 0.5", true],
  ["[1, 2] == [1, 2]", true],
  ["[1, 2] == [2, 1]", false],
  ["[] == []", true],
  ["[1, 2,] == [1, 2]", true],
  // logic
  ["true and true", true],
  ["true and false", false],
  ["true or false", true],
  ["false || false or true", true],
  ["not true", false],
  ["!false", true],
  ["not not true", true],
  ["!!true", true],
  ["not(true)", false],
  ["true && not false", true],
  ["false && identity(get_fact('nope'))", false],
  ["true || get_fact('nope') > 1", true],
  // precedence, expr-lang's numbers
  ["true or false and false", true],
  ["(true or false) and false", false],
  ["true || true && false", true],
  ["not false and false", false],
  ["not (false and false)", true],
  ["!true == false", true],
  ["not true == false", true],
  ["1 + 2 == 3 and 2 * 3 == 6", true],
  ["1 + 2 * 3 == 7", true],
  ["(1 + 2) * 3 == 9", true],
  ["10 - 2 - 3 == 5", true],
  ["2 ** 3 ** 2 == 512", true],
  ["2 ^ 3 == 8", true],
  ["-2 ** 2 == -4", true],
  ["2 ** -1 == 0.5", true],
  ["7 % 4 == 3", true],
  ["-7 % 4 == -3", true],
  ["6 / 4 == 1.5", true],
  ["12 / 2 / 3 == 2", true],
  ["- -1 == +1", true],
  ["1 == 1 == true", true],
  ["1 < 2 == true", true],
  ["1 < 2 < 3", true],
  ["1 < 2 > 3", false],
  ["3 > 2 >= 2 > 1", true],
  ["(1 < 2) == (3 < 4)", true],
  ["'a' + 'b' in ['ab']", true],
  ["1 + 1 in [2]", true],
  // comparison
  ["2 >= 2", true],
  ["2 <= 1", false],
  ["'a' < 'b'", true],
  ["'b' < 'ab'", false],
  ["'a' < 'ab'", true],
  ["'\u{1f600}' > '\uffee'", true],
  // words
  ["'a' in ['a', 'b']", true],
  ["'c' in ['a', 'b']", false],
  ["'c' not in ['a', 'b']", true],
  ["'c' not\n in ['a', 'b']", true],
  ["not ('c' in ['a', 'b'])", true],
  ["(not true) in [false]", true],
  ["1 in []", false],
  ["nil in [nil]", true],
  ["1 in nil", false],
  ["'family' in get_fact('os')", true],
  ["'constructor' in get_fact('os')", false],
  ["'a' in get_fact('os.tags')", true],
  ["'hello' contains 'ell'", true],
  ["'hello' not contains 'ell'", false],
  ["'hello' startsWith 'he'", true],
  ["'hello' not startsWith 'he'", false],
  ["'hello' endsWith 'lo'", true],
  ["'hello' not endsWith 'lo'", false],
  ["'hello' matches '^h.*o$'", true],
  ["'hello' not matches '^h.*o$'", false],
  ["'hello' matches `\\w+`", true],
  ["get_fact('os.family') matches get_fact('text')", false],
  ["'web1' matches get_fact('pattern')", true],
  // words inside names stay names
  ["get_fact('text')contains'world'", true],
  // nil
  ["get_fact('nope')", false],
  ["get_fact('nothing')", false],
  ["get_fact('yes')", true],
  ["get_fact('no')", false],
  ["get_fact('nope') == nil", true],
  ["get_fact('nothing') == nil", true],
  ["get_fact('nope') matches 'x'", false],
  ["get_fact('nope') contains 'x'", false],
  ["get_fact('nope') startsWith 'x'", false],
  ["get_fact('nope') endsWith 'x'", false],
  ["get_fact('nope') not contains 'x'", true],
  ["nil matches 'x'", false],
  ["'x' in get_fact('nope')", false],
  ["get_fact('nope') ?? true", true],
  ["get_fact('no') ?? true", false],
  ["(get_fact('nope') ?? 'linux') == 'linux'", true],
  ["(get_fact('nope') ?? get_fact('nope') ?? 1) == 1", true],
  ["nil ?? true", true],
  ["not get_fact('nope') ?? false", true],
  ["true && get_fact('nope') ?? true", true],
  // facts
  ["get_fact('os.family') == 'linux'", true],
  ["get_fact('os.major') >= 9 and get_fact('cores') > 4", true],
  ["get_fact('os').family == 'linux'", true],
  ["get_fact('os')['family'] == 'linux'", true],
  ["get_fact('os').tags[0] == 'a'", true],
  ["get_fact('os').tags[-1] == 'b'", true],
  ["get_fact('os').nope == nil", true],
  ["get_fact('nope')?.a.b.c == nil", true],
  ["get_fact('nope')?.['a'] == nil", true],
  ["get_fact('os')?.family == 'linux'", true],
  ["['a', 'b'][1] == 'b'", true],
  ["get_fact('dotted\\\\.name') == 'd'", true],
  ["get_fact(`dotted\\.name`) == 'd'", true],
  ["get_fact('disks.#') == 2", true],
  ["'sdb' in get_fact('disks.#.name')", true],
  ["get_fact('os.fam*') == 'linux'", true],
  ["get_fact('text') == 'hello' + ' world'", true],
  ["get_fact('load') * 2 == 1", true],
  ["get_fact('cores') % 3 == 2", true],
  ["get_fact('disks')[0] == get_fact('disks.0')", true],
  ["get_fact('disks')[0] == get_fact('disks.1')", false],
  ["get_fact('os').constructor == nil", true],
  ["get_fact('os').__proto__ == nil", true],
  ["get_fact('__proto__') == nil", true],
  ["get_fact('constructor.name') == nil", true],
  // ternary
  ["true ? false : true", false],
  ["false ? false : true", true],
  ["1 > 2 ? true : 2 > 1 ? true : false", true],
  ["(true ? 'a' : 'b') == 'a'", true],
  ["has_file('/etc/hosts') ? identity('^web') : identity('^db')", true],
  ["true ? true ? false : true : true", false],
  ["get_fact('no') ?: true", true],
  ["false ?: false", false],
];

Deno.test("evaluate() gives expr-lang's answers", async () => {
  for (const [source, wanted] of ANSWERS) {
    strictEqual(await compileMatch(source).evaluate(node), wanted, source);
  }
});

/** What fails on the node: kind. */
const FAILS: readonly [source: string, kind: string, column?: number][] = [
  // #66: nil facts, division by zero
  ["get_fact('nope') > 1", "evaluation", 18],
  ["get_fact('nope') && true", "evaluation"],
  ["true && get_fact('nope')", "evaluation"],
  ["not get_fact('nope')", "evaluation"],
  ["get_fact('nope') ? true : false", "evaluation"],
  ["get_fact('nope') ?: true", "evaluation"],
  ["get_fact('nope').a == 1", "evaluation"],
  ["(get_fact('nope')?.a).b == 1", "evaluation"],
  ["get_fact('nope') + 1 == 1", "evaluation"],
  ["-get_fact('nope') == 1", "evaluation"],
  ["1 / 0 == 1", "limit"],
  ["get_fact('cores') / 0 == 1", "limit"],
  ["1 % 0 == 1", "limit"],
  ["get_fact('load') % 2 == 1", "evaluation"],
  ["10 ** 1000 == 1", "limit"],
  ["get_fact('cores')", "evaluation"],
  ["get_fact('text')", "evaluation"],
  ["get_fact('os')", "evaluation"],
  ["get_fact('cores') < 'a'", "evaluation"],
  ["get_fact('cores') contains 'a'", "evaluation"],
  ["get_fact('cores') matches 'a'", "evaluation"],
  ["'a' in get_fact('cores')", "evaluation"],
  ["1 in get_fact('os')", "evaluation"],
  ["get_fact('disks')[2] == 1", "evaluation"],
  ["get_fact('disks')[0.5] == 1", "evaluation"],
  ["get_fact('disks').name == 1", "evaluation"],
  ["get_fact('os')[0] == 1", "evaluation"],
  ["get_fact('text').length == 1", "evaluation"],
  ["identity(get_fact('cores'))", "evaluation"],
  ["identity(get_fact('nope'))", "evaluation"],
  ["get_fact('@' + 'this') == 1", "evaluation"],
  // #67: bad regular expressions, also where && would never come to them
  ["identity('[')", "syntax", 1],
  ["false && identity('[')", "syntax", 10],
  ["'a' matches '('", "syntax", 5],
  ["identity('(?=a)')", "syntax"],
  ["identity('(a)\\\\1')", "syntax"],
  ["identity('[' + '')", "evaluation"],
  // #71: what cannot be told
  ["has_file('/root/secret')", "evaluation", 1],
  ["true && has_directory('/root/secret')", "evaluation", 9],
];

Deno.test("evaluate() rejects where there is no answer, never with false (#66 #67 #71)", async () => {
  for (const [source, kind, column] of FAILS) {
    const match = compileMatch(source);
    await rejects(match.evaluate(node), (error: unknown) => {
      ok(error instanceof MatchError, source);
      equal([source, error.kind, error.code], [source, kind, "match_error"], error.message);
      if (column !== undefined) equal([source, error.column], [source, column]);
      return true;
    }, source);
  }
});

Deno.test("evaluate() makes only users of facts unknown when facts cannot be read (#70)", async () => {
  const broken = new FakeNode({ identity: "web1", facts: new SyntaxError("half a file") });
  strictEqual(await compileMatch("identity('web1')").evaluate(broken), true);
  await rejects(compileMatch("get_fact('a') == nil").evaluate(broken), MatchError);
  await rejects(compileMatch("get_fact('a') ?? true").evaluate(broken), MatchError);
});

Deno.test("evaluate() keeps short circuits from asking", async () => {
  const secret = "has_file('/root/secret')";
  for (const source of [`true || ${secret}`, `!(false && ${secret})`, `true ? true : ${secret}`]) {
    strictEqual(await compileMatch(source).evaluate(node), true, source);
  }
});

Deno.test("prepare() finds bad constant patterns without a node (#67)", async () => {
  await compileMatch("").prepare();
  await compileMatch("identity('^a|b$') || get_fact('x') matches '\\\\d+'").prepare();
  await rejects(compileMatch("true || [identity('a(')][0]").prepare(), {
    kind: "syntax",
    column: 10,
  });
});
