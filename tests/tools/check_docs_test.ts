import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { checkBlock } from "../../tools/check_docs.ts";
import { docBlocks, docCommands } from "../../tools/doc_blocks.ts";

const FENCE = "```";

Deno.test("docBlocks() finds blocks with their line, language and reason", () => {
  const page = [
    "# Page",
    `${FENCE}sh`,
    "machinist keys",
    FENCE,
    `  ${FENCE}sh skip="needs systemd" more`,
    "  systemctl start machinist",
    `  ${FENCE}`,
    `${FENCE}${"`"}md`,
    FENCE,
    "inside",
    `${FENCE}${"`"}`,
    FENCE,
    "never closed",
  ].join("\n");
  deepStrictEqual(
    docBlocks("a.md", page).map(({ line, language, skip, rest, text }) => [
      line,
      language,
      skip,
      rest,
      text,
    ]),
    [
      [2, "sh", undefined, "", "machinist keys\n"],
      [5, "sh", "needs systemd", "more", "systemctl start machinist\n"],
      [8, "md", undefined, "", `${FENCE}\ninside\n`],
      [12, "", undefined, "", "never closed\n"],
    ],
  );
});

Deno.test("docCommands() finds our commands and their flags", () => {
  const text = [
    "machinist keys --output key # a --comment",
    "npx -y deno@2.9.6 task machinist run ./machines \\",
    "  --store nats://127.0.0.1:4222 --log-level=debug &",
    "deno run -P=author cli.ts pack list.json --force | machinist verify -",
    "echo machinist is nice",
    "cat machinist.service",
  ].join("\n");
  deepStrictEqual(docCommands(text), [
    { name: "keys", flags: ["--output"] },
    { name: "run", flags: ["--store", "--log-level"] },
    { name: "pack", flags: ["--force"] },
    { name: "verify", flags: [] },
  ]);
});

const FILES = new Map([["tests/e2e/quickstart_test.ts", "deno task quickstart"]]);

const GOOD = [
  "sh",
  "text",
  "",
  'sh skip="run by tests/e2e/quickstart_test.ts"',
  'sh skip="needs a NATS server of yours"',
];

const BAD = [
  "bash",
  "console",
  "sh no-run",
  'sh skip=""',
  'sh skip="takes too long"',
  'sh skip="run by tests/e2e/absent_test.ts"',
];

for (const info of GOOD) {
  Deno.test(`checkBlock() accepts ${info}`, () => strictEqual(complaint(info), undefined));
}

for (const info of BAD) {
  Deno.test(`checkBlock() refuses ${info}`, () => ok(complaint(info) !== undefined));
}

Deno.test("checkBlock() refuses a test that has no word of the command", () => {
  const info = 'sh skip="run by tests/e2e/quickstart_test.ts"';
  ok(complaint(info, "npx -y deno@2.9.6 task other") !== undefined);
});

function complaint(info: string, text = "npx -y deno@2.9.6 task quickstart"): string | undefined {
  const [block] = docBlocks("a.md", `${FENCE}${info}\n${text}\n${FENCE}\n`);
  ok(block !== undefined);
  return checkBlock(block, (path) => FILES.get(path));
}
