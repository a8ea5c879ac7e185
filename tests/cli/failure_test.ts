import { deepStrictEqual } from "node:assert/strict";
import { CommandError } from "../../src/cli/command_error.ts";
import { describeFailure, type Failure, failureText } from "../../src/cli/failure.ts";
import { FsError } from "../../src/ports/fs.ts";
import { KvError } from "../../src/ports/kv.ts";
import { ProcessError } from "../../src/ports/process.ts";

const capable = new Deno.errors.NotCapable(
  'Requires net access to "127.0.0.1:4222", run again with the --allow-net flag',
);

const CASES: readonly [string, unknown, Failure][] = [
  [
    "a command's own error",
    new CommandError("Cannot x", { code: "locked", exit: 75, hint: "wait" }),
    { exit: 75, code: "locked", message: "Cannot x", hint: "wait" },
  ],
  ["a store that is away", new KvError("Cannot get", { code: "unreachable" }), {
    exit: 69,
    code: "unreachable",
    message: "Cannot get",
  }],
  ["a store that refuses", new KvError("Cannot put", { code: "denied" }), {
    exit: 77,
    code: "denied",
    message: "Cannot put",
  }],
  ["a conflict", new KvError("Cannot put", { code: "conflict" }), {
    exit: 73,
    code: "conflict",
    message: "Cannot put",
  }],
  [
    "a missing permission below",
    new KvError("Cannot connect", { code: "permission", cause: capable }),
    {
      exit: 77,
      code: "permission",
      message: "Cannot connect",
      hint: "Deno needs --allow-net=127.0.0.1:4222",
    },
  ],
  ["a missing permission", capable, {
    exit: 77,
    code: "permission",
    message: capable.message,
    hint: "Deno needs --allow-net=127.0.0.1:4222",
  }],
  ["a file that Deno refuses", new FsError("Cannot open", { code: "permission", path: "/x" }), {
    exit: 77,
    code: "permission",
    message: "Cannot open",
  }],
  ["a file that is not there", new FsError("Cannot open", { code: "not_found", path: "/x" }), {
    exit: 1,
    code: "not_found",
    message: "Cannot open",
  }],
  ["a command that Deno refuses", new ProcessError("Cannot run", { code: "permission" }), {
    exit: 77,
    code: "permission",
    message: "Cannot run",
  }],
  ["several lines and an escape", new RangeError("a\n\u001b[31mb"), {
    exit: 1,
    code: "failed",
    message: "a [31mb",
  }],
  ["an error without words", new RangeError(), { exit: 1, code: "failed", message: "RangeError" }],
  ["what is no error", "text", { exit: 1, code: "failed", message: "text" }],
];

for (const [name, error, expected] of CASES) {
  Deno.test(`describeFailure() reads ${name}`, () => {
    deepStrictEqual(describeFailure(error), expected);
  });
}

Deno.test("failureText() has a second line only where there is a hint", () => {
  const failure: Failure = { exit: 1, code: "c", message: "Cannot x" };
  deepStrictEqual(failureText(failure), "machinist: Cannot x [c]\n");
  deepStrictEqual(failureText({ ...failure, hint: "h" }), "machinist: Cannot x [c]\nhint: h\n");
});
