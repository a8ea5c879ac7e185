import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { compareBytes, formatChecksums, parseChecksums } from "../../src/archive/checksums.ts";
import { ArchiveError } from "../../src/archive/errors.ts";
import { MAX_ENTRIES, MAX_SUMS_BYTES, MAX_SUMS_LINE_BYTES } from "../../src/archive/limits.ts";

const A = "a".repeat(64);
const B = "b".repeat(64);
const bytes = (text: string) => new TextEncoder().encode(text);

const accepted: readonly (readonly [string, string, Record<string, string>])[] = [
  ["two lines", `${A}  x\n${B}  d/y\n`, { x: A, "d/y": B }],
  ["#152 CRLF", `${A}  xx\r\n${B}  yy\r\n`, { xx: A, yy: B }],
  ["#152 no final newline", `${A}  xx`, { xx: A }],
  ["#152 blank lines", `\n\n${A}  xx\n\n`, { xx: A }],
  ["#153 the binary mark", `${A} *xx\n`, { xx: A }],
  ["#156 one blank", `${A} xx\n`, { xx: A }],
  ["#156 a leading ./", `${A}  ./xx\n`, { xx: A }],
  ["#157 a name of one character", `${A}  x\n`, { x: A }],
  ["#158 upper-case digits", `${A.toUpperCase()}  xx\n`, { xx: A }],
  ["#163 a line twice", `${A}  xx\n${A}  xx\n`, { xx: A }],
  ["blanks inside a name", `${A}  a b c\n`, { "a b c": A }],
  ["another file of that name further in", `${A}  d/SHA256SUMS\n`, { "d/SHA256SUMS": A }],
];

for (const [name, text, wanted] of accepted) {
  Deno.test(`parseChecksums() reads ${name}`, () => {
    deepStrictEqual(Object.fromEntries(parseChecksums(bytes(text))), wanted);
  });
}

const refused: readonly (readonly [string, string | Uint8Array, string])[] = [
  ["#152 a byte order mark", `\ufeff${A}  xx\n`, "sums_format"],
  ["#154 an escaped line", `\\${A}  a\\\\nb\n`, "sums_format"],
  ["#155 the BSD form", `SHA256 (xx) = ${A}\n`, "sums_format"],
  ["#155 a comment", `# sums\n${A}  xx\n`, "sums_format"],
  ["#156 a tab", `${A}\txx\n`, "sums_format"],
  ["a name that starts with a blank", `${A}   xx\n`, "sums_format"],
  ["#158 63 digits", `${A.slice(1)}  xx\n`, "sums_format"],
  ["#158 65 digits", `${A}a  xx\n`, "sums_format"],
  ["#158 40 digits", `${A.slice(24)}  xx\n`, "sums_format"],
  ["#158 128 digits", `${A}${A}  xx\n`, "sums_format"],
  ["#159 ..", `${A}  ../xx\n`, "sums_path"],
  ["#159 an absolute path", `${A}  /etc/passwd\n`, "sums_path"],
  ["#159 a backslash", `${A}  a\\b\n`, "sums_path"],
  ["#159 NUL", `${A}  a\0b\n`, "sums_path"],
  ["#159 an empty component", `${A}  a//b\n`, "sums_path"],
  ["#159 a dot component", `${A}  a/./b\n`, "sums_path"],
  ["#159 a final slash", `${A}  a/\n`, "sums_path"],
  ["#159 only ./", `${A}  ./\n`, "sums_path"],
  ["a lone carriage return", `${A}  a\rb\n`, "sums_format"],
  ["#163 two digests for one file", `${A}  xx\n${B}  ./xx\n`, "sums_duplicate"],
  ["#164 itself", `${A}  SHA256SUMS\n`, "sums_itself"],
  ["#164 itself with ./", `${A}  ./SHA256SUMS\n`, "sums_itself"],
  ["#165 nothing", "", "sums_empty"],
  ["#165 only blank lines", "\n\n", "sums_empty"],
  ["#166 a line of 70,000 bytes", `${A}  ${"x".repeat(70_000)}\n`, "sums_format"],
  ["no name", `${A}\n`, "sums_format"],
  ["no name behind blanks", `${A}  \n`, "sums_format"],
  ["text", "hello\n", "sums_format"],
  ["what is not UTF-8", Uint8Array.of(0x61, 0xff), "sums_format"],
];

for (const [name, text, code] of refused) {
  Deno.test(`parseChecksums() refuses ${name}`, () => {
    throws(() => parseChecksums(typeof text === "string" ? bytes(text) : text), hasCode(code));
  });
}

Deno.test("parseChecksums() warns of a line that is there twice", () => {
  const warnings: string[] = [];
  parseChecksums(bytes(`${A}  xx\n${A}  xx\n`), { onWarning: (text) => warnings.push(text) });
  strictEqual(warnings.length, 1);
});

Deno.test("parseChecksums() knows the file by the name it was given", () => {
  throws(() => parseChecksums(bytes(`${A}  SUMS\n`), { self: "SUMS" }), hasCode("sums_itself"));
});

Deno.test("parseChecksums() counts lines, bytes of a line and bytes up to the limits", () => {
  const lines = (count: number) => {
    let text = "";
    for (let i = 0; i < count; i++) text += `${A}  f${i}\n`;
    return bytes(text);
  };
  strictEqual(parseChecksums(lines(MAX_ENTRIES)).size, MAX_ENTRIES);
  throws(() => parseChecksums(lines(MAX_ENTRIES + 1)), hasCode("sums_too_large"));
  // A path of 1,024 bytes is shorter than the longest line; the line itself is refused by its length.
  throws(
    () => parseChecksums(bytes(`${A}  ${"x/".repeat(MAX_SUMS_LINE_BYTES)}`)),
    hasCode("sums_format"),
  );
  const padded = new Uint8Array(MAX_SUMS_BYTES).fill(0x0a);
  padded.set(bytes(`${A}  xx\n`));
  strictEqual(parseChecksums(padded).size, 1);
  const over = new Uint8Array(MAX_SUMS_BYTES + 1).fill(0x0a);
  throws(() => parseChecksums(over), hasCode("sums_too_large"));
});

Deno.test("formatChecksums() gives what parseChecksums() reads, sorted by bytes", () => {
  const sums = new Map([["b", B], ["a/c", A], ["a", A], ["\u{10000}", A], ["\uffee", B]]);
  const text = formatChecksums(sums);
  deepStrictEqual(text.split("\n").map((line) => line.slice(66)), [
    "a",
    "a/c",
    "b",
    "\uffee",
    "\u{10000}",
    "",
  ]);
  deepStrictEqual(new Map([...parseChecksums(bytes(text))].sort()), new Map([...sums].sort()));
});

Deno.test("compareBytes() orders as the bytes of UTF-8 do", () => {
  strictEqual(compareBytes("a", "a"), 0);
  strictEqual(compareBytes("a", "b") < 0, true);
  strictEqual(compareBytes("a", "ab") < 0, true);
  strictEqual(compareBytes("\u{10000}", "\uffee") > 0, true);
});

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => {
    strictEqual(error instanceof ArchiveError && error.code, code, `${error}`);
    return true;
  };
}
