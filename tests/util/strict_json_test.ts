import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import {
  parseStrictJson,
  StrictJsonError,
  type StrictJsonErrorCode,
  type StrictJsonOptions,
} from "../../src/util/strict_json.ts";

const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

Deno.test("parseStrictJson() reads what JSON.parse() reads", () => {
  const texts = [
    "null",
    "true",
    " false ",
    "0",
    "-1.5e3",
    '"a\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00"',
    "[]",
    "[ ]",
    "[1, [2], {}]",
    '{"a":{"b":[null,"x"]},"":0}',
    "\r\n\t {}\n",
    '"\u2028é😀"',
  ];
  for (const text of texts) {
    deepStrictEqual(plain(parseStrictJson(text)), JSON.parse(text), text);
    deepStrictEqual(plain(parseStrictJson(new TextEncoder().encode(text))), JSON.parse(text), text);
  }
});

Deno.test("parseStrictJson() keeps __proto__ and constructor as keys of their own (#46)", () => {
  const value = parseStrictJson('{"__proto__":{"x":1},"constructor":2}') as Record<string, unknown>;
  deepStrictEqual(Object.keys(value), ["__proto__", "constructor"]);
  strictEqual(value["x"], undefined);
  strictEqual(Object.getPrototypeOf(value), null);
});

const refused: [string, string | Uint8Array, StrictJsonErrorCode, string, StrictJsonOptions?][] = [
  ["nothing", "", "syntax", ""],
  ["blank", " \n", "syntax", ""],
  ["truncated", '{"a":', "syntax", "a"],
  ["an open string", '"abc', "syntax", ""],
  ["trailing bytes", "{} x", "syntax", ""],
  ["two values", "1 2", "syntax", ""],
  ["a comma at the end", "[1,]", "syntax", "[1]"],
  ["a comma at the end of an object", '{"a":1,}', "syntax", ""],
  ["single quotes", "{'a':1}", "syntax", ""],
  ["a comment", "/* */ 1", "syntax", ""],
  ["a leading zero", "[01]", "syntax", ""],
  ["a leading plus", "+1", "syntax", ""],
  ["a bare point", "1.", "syntax", ""],
  ["NaN", "NaN", "syntax", ""],
  ["hex", "0x10", "syntax", ""],
  ["a tab inside a string", '"\t"', "syntax", ""],
  ["an unknown escape", '"\\x41"', "syntax", ""],
  ["half an escape", '"\\u12"', "syntax", ""],
  ["no-break space between tokens", "[\u00a01]", "syntax", "[0]"],
  ["a byte order mark", "\ufeff{}", "syntax", ""],
  ["a byte order mark in bytes", Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d), "syntax", ""],
  ["bytes that are not UTF-8", Uint8Array.of(0x22, 0xff, 0x22), "utf8", ""],
  ["overlong UTF-8", Uint8Array.of(0x22, 0xc0, 0x80, 0x22), "utf8", ""],
  ["UTF-8 of a surrogate", Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), "utf8", ""],
  ["a duplicate key", '[{"a":1,"a":1}]', "duplicate_key", "[0].a"],
  ["a duplicate key by escape", '{"a":1,"\\u0061":2}', "duplicate_key", "a"],
  ["a duplicate __proto__", '{"__proto__":1,"__proto__":2}', "duplicate_key", "__proto__"],
  ["a lone high surrogate", '{"a":"\\ud800"}', "text", "a"],
  ["a lone low surrogate", '["\\udc00x"]', "text", "[0]"],
  ["swapped surrogates", '"\\udc00\\ud800"', "text", ""],
  ["a lone surrogate in a key", '{"\\ud800":1}', "text", ""],
  ["overflow", "[1e400]", "number", "[0]"],
  ["overflow when finite", "[1e400]", "number", "[0]", { numbers: "finite" }],
  ["2^53 + 1", '{"n":9007199254740993}', "number", "n"],
  ["-(2^53)", "-9007199254740992", "number", ""],
  ["negative zero", "-0", "number", ""],
  ["negative zero with an exponent", "-0e2", "number", ""],
];

for (const [what, text, code, path, options] of refused) {
  Deno.test(`parseStrictJson() refuses ${what}`, () => {
    throws(() => parseStrictJson(text, options), (error: unknown) => {
      strictEqual(error instanceof StrictJsonError, true, String(error));
      const strict = error as StrictJsonError;
      deepStrictEqual({ code: strict.code, path: strict.path }, { code, path }, strict.message);
      return true;
    });
  });
}

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
const limits: [string, StrictJsonOptions, (n: number) => string, number, StrictJsonErrorCode][] = [
  ["depth", { maxDepth: 16 }, nested, 16, "depth"],
  ["bytes", { maxBytes: 100 }, (n) => `"${"x".repeat(n - 2)}"`, 100, "too_large"],
  [
    "bytes of two",
    { maxBytes: 100 },
    (n) => `"${"é".repeat(49)}"${" ".repeat(n - 100)}`,
    100,
    "too_large",
  ],
  ["string", { maxStringBytes: 30 }, (n) => `"${"x".repeat(n)}"`, 30, "limit"],
  [
    "string of two",
    { maxStringBytes: 31 },
    (n) => `"${"é".repeat(15)}${"x".repeat(n - 30)}"`,
    31,
    "limit",
  ],
  ["key", { maxStringBytes: 30 }, (n) => `{"${"x".repeat(n)}":1}`, 30, "limit"],
];

for (const [what, options, make, limit, code] of limits) {
  Deno.test(`parseStrictJson() limits ${what} at exactly its limit`, () => {
    if (!what.endsWith("two")) parseStrictJson(make(limit - 1), options);
    parseStrictJson(make(limit), options);
    throws(() => parseStrictJson(make(limit + 1), options), { code });
    throws(() => parseStrictJson(new TextEncoder().encode(make(limit + 1)), options), { code });
  });
}

Deno.test("parseStrictJson() refuses 100,000 levels without overflowing (#47)", () => {
  throws(() => parseStrictJson(nested(100_000)), { code: "depth" });
});

Deno.test("parseStrictJson() takes large integers when numbers only need to be finite", () => {
  strictEqual(parseStrictJson("1700000000000000001", { numbers: "finite" }), 1.7e18);
  strictEqual(parseStrictJson("0.1"), 0.1);
  strictEqual(parseStrictJson("9007199254740991"), Number.MAX_SAFE_INTEGER);
});

Deno.test("StrictJsonError carries no value of the text", () => {
  throws(() => parseStrictJson('{"password":"canary", "password":"canary"}'), (error: unknown) => {
    return error instanceof Error && !error.message.includes("canary");
  });
});
