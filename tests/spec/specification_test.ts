import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import type { SpecErrorCode } from "../../src/spec/spec_error.ts";
import { SpecError } from "../../src/spec/spec_error.ts";
import { parseSpecification } from "../../src/spec/specification.ts";
import type { TrustedBytes } from "../../src/spec/verify.ts";
import { data, entry, parse, specEntry } from "./fixture.ts";

function refuses(payload: unknown, code: SpecErrorCode, index?: number, field?: string): void {
  throws(() => parse(payload), (error: unknown) => {
    strictEqual(error instanceof SpecError, true, String(error));
    const { code: got, index: at, field: where, message } = error as SpecError;
    deepStrictEqual({ code: got, index: at, field: where }, { code, index, field }, message);
    return true;
  });
}

Deno.test("parseSpecification() reads the seed document's list", () => {
  const { machines, meta, sha256 } = parse(new TextDecoder().decode(data("seed_machines.json")));
  strictEqual(meta, undefined);
  strictEqual(sha256, "b742917748fa09c5ad3ab10b8919d4ace9925ac38a3160a7449a2af8e65c1267");
  deepStrictEqual(machines, [{
    name: "facts",
    source: "https://my.example.net/metadata/metadata-machine-1.0.0.tgz",
    username: undefined,
    password: undefined,
    verify: "SHA256SUMS",
    verifyChecksum: "1e85719c6959eb0f2c8f2166e30ae952ccaef2c286f31868ea1d311d3738a339",
    checksum: "f11ea2005de97bf309bafac46e77c01925307a26675f44f388d4502d2b9d00bf",
    match: "has_command('facter')",
    governor: undefined,
    extension: {},
  }]);
});

Deno.test("parseSpecification() refuses bytes that nobody has verified", () => {
  const payload = new TextEncoder().encode("[]");
  throws(
    () => parseSpecification({ payload, signers: [], sha256: "" } as unknown as TrustedBytes),
    TypeError,
  );
});

const payloads: [string, string, SpecErrorCode, number?][] = [
  ["#29 null", "null", "payload_type"],
  ["#31 an object", "{}", "payload_type"],
  ["#31 a string", '"x"', "payload_type"],
  ["#31 a number", "1", "payload_type"],
  ["#30 [null]", "[null]", "entry_type", 0],
  ["#30 [1]", "[1]", "entry_type", 0],
  ['#30 ["x"]', '["x"]', "entry_type", 0],
  ["#30 [[]]", "[[]]", "entry_type", 0],
  ["text that is not JSON", "[", "payload_json", 0],
  ["nothing", "", "payload_json"],
  ["a byte order mark", "\ufeff[]", "payload_json"],
  ["trailing bytes", "[]x", "payload_json"],
  ["#47 100,000 levels", "[".repeat(100_000) + "]".repeat(100_000), "depth", 0],
];
for (const [what, payload, code, index] of payloads) {
  Deno.test(`parseSpecification() refuses ${what}`, () => refuses(payload, code, index));
}

const broken: [string, Record<string, unknown>, SpecErrorCode, string?][] = [
  ["#32 name 1", { name: 1 }, "field_type", "name"],
  ["#32 match []", { match: [] }, "field_type", "match"],
  ["#32 source {}", { source: {} }, "field_type", "source"],
  ["#32 username 1", { username: 1 }, "field_type", "username"],
  ["#32 governor true", { governor: true }, "field_type", "governor"],
  ["#32 x a list", { x: [] }, "field_type", "x"],
  ["#33 no name", { name: undefined }, "field_missing", "name"],
  ["#33 name empty", { name: "" }, "field_missing", "name"],
  ["#33 no source", { source: undefined }, "field_missing", "source"],
  ["#33 source null", { source: null }, "field_missing", "source"],
  ["#33 no checksum", { checksum: undefined }, "field_missing", "checksum"],
  ["#33 verify_checksum empty", { verify_checksum: "" }, "field_missing", "verify_checksum"],
  ["#34 verify sha256sums", { verify: "sha256sums" }, "verify_name", "verify"],
  ["#35 checksum 63 digits", { checksum: "a".repeat(63) }, "checksum", "checksum"],
  ["#35 checksum not hex", { checksum: "g".repeat(64) }, "checksum", "checksum"],
  ["#35 verify_checksum 65", { verify_checksum: "a".repeat(65) }, "checksum", "verify_checksum"],
  ["#36 name a/b", { name: "a/b" }, "name", "name"],
  ["#36 name ../x", { name: "../x" }, "name", "name"],
  ["#36 name a\\b", { name: "a\\b" }, "name", "name"],
  ["#36 name with NUL", { name: "a\0" }, "text", "name"],
  ["#36 name with newline", { name: "a\n" }, "name", "name"],
  ["#36 name with quote", { name: 'a"' }, "name", "name"],
  ["#36 name with {{", { name: "a{{b" }, "name", "name"],
  ["#37 name .", { name: "." }, "name", "name"],
  ["#37 name ..", { name: ".." }, "name", "name"],
  ["#37 name a..b", { name: "a..b" }, "name", "name"],
  ["#38 name tmp", { name: "tmp" }, "name_reserved", "name"],
  ["#38 name .git", { name: ".git" }, "name_reserved", "name"],
  ["#38 name x-temp", { name: "x-temp" }, "name_reserved", "name"],
  ["#39 name mm_x", { name: "mm_x" }, "name_reserved", "name"],
  ["#39 name .machinist", { name: ".machinist" }, "name_reserved", "name"],
  ["#40 name of 65", { name: "a".repeat(65) }, "name", "name"],
  ["#40 name of 8,000", { name: "a".repeat(8_000) }, "name", "name"],
  ["#41 name é", { name: "é" }, "name", "name"],
  ["#41 name with a right-to-left mark", { name: "a\u200fb" }, "name", "name"],
  ["#41 name in Cyrillic", { name: "\u0430" }, "name", "name"],
  ["#44 NAME", { NAME: "b" }, "key_case", "name"],
  ["#44 Source", { Source: "b" }, "key_case", "source"],
  ["#44 \u017fource (long s)", { "\u017fource": "b" }, "key_case", "source"],
  [
    "#44 Kelvin sign in verify_chec\u212asum",
    { "verify_chec\u212asum": "" },
    "key_case",
    "verify_checksum",
  ],
  ["#46 name __proto__", { name: "__proto__" }, "name", "name"],
  ["#50 NUL in source", { source: "https://a/\0" }, "text", "source"],
  ["#50 NUL in username", { username: "a\0", password: "x" }, "text", "username"],
  ["#50 NUL in password", { username: "a", password: "x\0" }, "text", "password"],
  ["#50 NUL in match", { match: "true\0" }, "text", "match"],
  ["a newline in password", { username: "a", password: "x\ny" }, "text", "password"],
  [
    "#52 template in source",
    { source: "https://a/{{ lookup `x` }}" },
    "template_unsupported",
    "source",
  ],
  [
    "#52 template in checksum",
    { checksum: "{{ lookup `x` }}" },
    "template_unsupported",
    "checksum",
  ],
  [
    "#52 template in verify_checksum",
    { verify_checksum: "{{x}}" },
    "template_unsupported",
    "verify_checksum",
  ],
  [
    "#52 template in username",
    { username: "{{x}}", password: "y" },
    "template_unsupported",
    "username",
  ],
  [
    "#52 template in password",
    { username: "u", password: "{{x" },
    "template_unsupported",
    "password",
  ],
  ["#52 template in governor", { governor: "{{x}}" }, "template_unsupported", "governor"],
  ["#81 file:", { source: "file:///etc/passwd" }, "scheme", "source"],
  ["#81 data:", { source: "data:,x" }, "scheme", "source"],
  ["#81 ftp:", { source: "ftp://a/b" }, "scheme", "source"],
  ["#81 javascript:", { source: "javascript:alert(1)" }, "scheme", "source"],
  ["#81 HTTPS:", { source: "HTTPS://a/b" }, "scheme", "source"],
  ["#81 a leading blank", { source: " https://a/b" }, "scheme", "source"],
  ["#81 one slash", { source: "https:/a/b" }, "scheme", "source"],
  ["no host", { source: "https:///b" }, "source", "source"],
  ["a bad port", { source: "https://a:99999/b" }, "source", "source"],
  ["a blank in the URL", { source: "https://a/b c" }, "source", "source"],
  ["a backslash in the URL", { source: "https://a\\@b/c" }, "source", "source"],
  [
    "#84 a user twice",
    { source: "https://u:p@a/b", username: "v", password: "w" },
    "source",
    "source",
  ],
  ["a username without password", { username: "v" }, "field_missing", "password"],
  ["#48 x.size 1.5", { x: { size: 1.5 } }, "number", "x.size"],
  ["#48 x.size 0", { x: { size: 0 } }, "number", "x.size"],
  ["#48 x.size a string", { x: { size: "1" } }, "number", "x.size"],
  ["#104 x.splay_ms -1", { x: { splay_ms: -1 } }, "number", "x.splay_ms"],
  ["#104 x.splay_ms above a day", { x: { splay_ms: 86_400_001 } }, "number", "x.splay_ms"],
  ["#48 x.timeout_ms -1", { x: { timeout_ms: -1 } }, "number", "x.timeout_ms"],
  ["#44 x.Size", { x: { Size: 1 } }, "key_case", "size"],
  ["x.mirrors a string", { x: { mirrors: "https://a/" } }, "field_type", "x.mirrors"],
  ["#81 x.mirrors file:", { x: { mirrors: ["file:///x"] } }, "scheme", "x.mirrors"],
  ["x.mirrors with a user", { x: { mirrors: ["https://u:p@a/"] } }, "source", "x.mirrors"],
  [
    "#52 x.mirrors with a template",
    { x: { mirrors: ["https://{{x}}/"] } },
    "template_unsupported",
    "x.mirrors",
  ],
  ["x.mirrors of 17", { x: { mirrors: Array(17).fill("https://a/") } }, "limit", "x.mirrors"],
  ["x.allow_unlisted ../x", { x: { allow_unlisted: ["../x"] } }, "text", "x.allow_unlisted"],
  ["x.allow_unlisted /x", { x: { allow_unlisted: ["/x"] } }, "text", "x.allow_unlisted"],
  ["x.allow_unlisted 1", { x: { allow_unlisted: [1] } }, "field_type", "x.allow_unlisted"],
];
for (const [what, changes, code, field] of broken) {
  Deno.test(`parseSpecification() refuses the list for ${what}`, () => {
    refuses([entry({ name: "good" }), entry(changes)], code, 1, field);
  });
}

const texts: [string, string, SpecErrorCode][] = [
  ["#45 a duplicate key inside an entry", '"name":"other"', "duplicate_key"],
  ["#48 1e400", '"x":{"size":1e400}', "number"],
  ["#48 -0", '"x":{"size":-0}', "number"],
  ["#48 2^53 + 1", '"x":{"size":9007199254740993}', "number"],
  ["#49 a lone surrogate in the source", '"governor":"\\ud800"', "text"],
];
for (const [what, more, code] of texts) {
  Deno.test(`parseSpecification() refuses ${what}`, () => {
    refuses(`[${JSON.stringify(entry()).slice(0, -1)},${more}}]`, code, 0);
  });
}

Deno.test("parseSpecification() refuses names that are or look the same", () => {
  refuses([entry(), entry()], "name_duplicate", 1, "name"); // #43
  refuses([entry(), entry({ name: "Facts" })], "name_case_collision", 1, "name"); // #42
});

const accepted: [string, Record<string, unknown>, Record<string, unknown>][] = [
  ["#32 null for what is optional", {
    username: null,
    match: null,
    governor: null,
    verify: null,
    x: null,
  }, {}],
  ["#35 upper-case checksums, folded", { checksum: "AB".repeat(32) }, {
    checksum: "ab".repeat(32),
  }],
  ["#40 a name of 64 characters", { name: "a".repeat(64) }, { name: "a".repeat(64) }],
  ["#46 the name constructor", { name: "constructor" }, { name: "constructor" }],
  ["#46 unknown keys", { toString: 1, wave: { percent: 12.5 } }, {}],
  ["names with dots and dashes", { name: "a.b-c_D.9" }, { name: "a.b-c_D.9" }],
  ["user and password", { username: "u", password: "p\"'" }, { username: "u", password: "p\"'" }],
  ["#84 a user in the URL, taken out", { source: "http://u%40x:p%3Aw@h:81/%2B?a=b@c" }, {
    source: "http://h:81/%2B?a=b@c",
    username: "u@x",
    password: "p:w",
  }],
  ["a template's braces in a match", { match: "identity('{{')" }, { match: "identity('{{')" }],
  ["extensions", {
    x: {
      size: 5,
      mirrors: ["http://m/"],
      timeout_ms: 9,
      splay_ms: 86_400_000,
      allow_unlisted: ["a/b", "c/"],
      health: {},
    },
  }, {
    extension: {
      size: 5,
      mirrors: ["http://m/"],
      timeoutMs: 9,
      splayMs: 86_400_000,
      allowUnlisted: ["a/b", "c/"],
    },
  }],
];
for (const [what, changes, want] of accepted) {
  Deno.test(`parseSpecification() accepts ${what}`, () => {
    const [machine] = parse([entry(changes)]).machines;
    const [plain] = parse([entry()]).machines;
    deepStrictEqual(machine, { ...plain, ...want });
  });
}

Deno.test("parseSpecification() takes 1,000 machines and no more (#51)", () => {
  const list = (count: number) => Array.from({ length: count }, (_, n) => entry({ name: `m${n}` }));
  strictEqual(parse(list(999)).machines.length, 999);
  strictEqual(parse(list(1_000)).machines.length, 1_000);
  strictEqual(parse([specEntry(), ...list(1_000)]).machines.length, 1_000);
  refuses(list(1_001), "limit");
  refuses([specEntry(), ...list(1_001)], "limit");
});

Deno.test("parseSpecification() takes strings of 8 KiB, 16 levels, and no more", () => {
  const match = (length: number) => parse([entry({ match: "x".repeat(length) })]);
  match(8_191);
  match(8_192);
  throws(() => match(8_193), { code: "limit" });
  const deep = (levels: number) =>
    parse(
      `[${JSON.stringify(entry()).slice(0, -1)},"d":${"[".repeat(levels - 2)}${
        "]".repeat(levels - 2)
      }}]`,
    );
  deep(15);
  deep(16);
  throws(() => deep(17), { code: "depth" });
});
