import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { CATALOGUE } from "../../src/cli/catalogue.ts";
import type { Usage } from "../../src/cli/command.ts";
import { commanderArguments } from "../../src/cli/commander_arguments.ts";
import { longName } from "../../src/cli/long_name.ts";
import { plainArguments, type TypedArguments } from "../../src/cli/plain_arguments.ts";

const USAGE: Usage = {
  args: [{ form: "<FILE>", about: "" }, { form: "[KEY...]", about: "" }],
  options: [
    { flags: "--key <KEY>", about: "", many: true },
    { flags: "--output <FILE>", about: "" },
    { flags: "--json", about: "" },
    { flags: "--no-purge", about: "" },
  ],
  examples: [],
};

/** What commander makes of it; undefined when it refuses or writes help. */
function byCommander(typed: readonly string[], usage: Usage): TypedArguments | undefined {
  const options = { ...usage, name: "x", summary: "x", action: () => Promise.resolve(0) };
  try {
    return commanderArguments(typed, options, { write() {} });
  } catch {
    return undefined;
  }
}

const plain: readonly (readonly string[])[] = [
  ["f"],
  ["-"],
  ["f", "k1", "k2"],
  ["f", "--json"],
  ["--json", "f", "--json"],
  ["--key", "a", "f", "--key", "b"],
  ["--key=a", "f", "--key=b=c"],
  ["f", "--output", "-"],
  ["f", "--output", "one", "--output", "two"],
  ["f", "--no-purge"],
  ["f", "--output", ""],
  ["", ""],
];

for (const typed of plain) {
  Deno.test(`plainArguments() reads as commander does: ${JSON.stringify(typed)}`, () => {
    const read = plainArguments(typed, USAGE);
    deepStrictEqual(read, byCommander(typed, USAGE));
    strictEqual(read === undefined, false);
  });
}

const odd: readonly (readonly string[])[] = [
  [],
  ["f", "--help"],
  ["f", "-h"],
  ["f", "--unknown"],
  ["f", "--purge"],
  ["f", "--jso"],
  ["f", "--json=true"],
  ["f", "--key"],
  ["f", "--key="],
  ["f", "--key", "--json"],
  ["f", "--key", "-1"],
  ["--", "f"],
  ["f", "--__proto__", "x"],
  ["f", "--constructor", "x"],
];

for (const typed of odd) {
  Deno.test(`plainArguments() leaves to commander: ${JSON.stringify(typed)}`, () => {
    strictEqual(plainArguments(typed, USAGE), undefined);
  });
}

Deno.test("plainArguments() reads every flag of every command as commander does", async () => {
  for (const entry of CATALOGUE) {
    const { usage } = await entry.load();
    const typed = [
      ...usage.args.map((_, index) => `arg${index}`),
      ...usage.options.flatMap((option) => {
        const flag = `--${longName(option)}`;
        return option.flags.endsWith(">") ? [flag, "7", `${flag}=8`] : [flag];
      }),
    ];
    const read = plainArguments(typed, usage);
    strictEqual(read === undefined, false, entry.name);
    deepStrictEqual(read, byCommander(typed, usage), entry.name);
  }
});
