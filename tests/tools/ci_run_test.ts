import { deepStrictEqual, match } from "node:assert/strict";
import { ROOT } from "../support/cli.ts";
import { temporaryDirectory } from "../support/temporary.ts";

interface Row {
  readonly what: string;
  /** What `task test` prints, and its exit code. */
  readonly test: readonly [output: string, code: number];
  /** The exit code of `task ok`. */
  readonly gate: number;
  readonly line: string;
  readonly code: number;
}

const PASS = "ok | 12 passed (3 steps) | 0 failed | 1 ignored (2s)";

const ROWS: readonly Row[] = [
  { what: "all is well", test: [PASS, 0], gate: 0, line: "12 passed, 0 failed", code: 0 },
  {
    what: "tests fail",
    test: ["FAILED | 10 passed | 2 failed (1s)", 1],
    gate: 0,
    line: "10 passed, 2 failed",
    code: 1,
  },
  {
    what: "tests fail and nobody says so",
    test: ["FAILED | 10 passed | 2 failed (1s)", 0],
    gate: 0,
    line: "10 passed, 2 failed",
    code: 1,
  },
  { what: "the gate fails", test: [PASS, 0], gate: 1, line: "12 passed, 1 failed", code: 1 },
  {
    what: "the tests do not come to their end",
    test: ["error: Module not found", 1],
    gate: 0,
    line: "0 passed, 1 failed",
    code: 1,
  },
  {
    what: "the tests end well without a word",
    test: ["a_test.ts => ok | 12 passed | 0 failed", 0],
    gate: 0,
    line: "0 passed, 1 failed",
    code: 1,
  },
  {
    what: "there are two runs",
    test: [`${PASS}\n${PASS}`, 0],
    gate: 0,
    line: "24 passed, 0 failed",
    code: 0,
  },
];

for (const { what, test, gate, line, code } of ROWS) {
  Deno.test(`run() of .ci says ${line} when ${what}`, async () => {
    await using scratch = await temporaryDirectory();
    await Deno.mkdir(`${scratch.path}/.ci`);
    await Deno.mkdir(`${scratch.path}/bin`);
    await Deno.copyFile(`${ROOT}/.ci/run`, `${scratch.path}/.ci/run`);
    const npx = [
      "#!/bin/sh",
      'echo "$@" >> calls',
      `[ "$4" = test ] && { cat <<'END'`,
      test[0],
      "END",
      `exit ${test[1]}; }`,
      `exit ${gate}`,
    ];
    await Deno.writeTextFile(`${scratch.path}/bin/npx`, `${npx.join("\n")}\n`, { mode: 0o755 });
    const result = await new Deno.Command(`${scratch.path}/.ci/run`, {
      env: { PATH: `${scratch.path}/bin:${Deno.env.get("PATH")}` },
    }).output();
    const lines = new TextDecoder().decode(result.stdout).trimEnd().split("\n");
    deepStrictEqual([lines.at(-1), result.code], [line, code]);
    match(await Deno.readTextFile(`${scratch.path}/calls`), /task test\n.*task ok\n$/);
  });
}
