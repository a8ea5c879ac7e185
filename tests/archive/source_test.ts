import { strictEqual, throws } from "node:assert/strict";
import { ArchiveError } from "../../src/archive/errors.ts";
import { parseSource, showUrl } from "../../src/archive/source.ts";

const refusedSchemes = [
  "file:///etc/passwd",
  "data:,x",
  "ftp://a.test/",
  "javascript:1",
  "HTTPS://a.test/",
  " https://a.test/",
  "https://a.test/ ",
  "ht\ntp://a.test/",
  "https://a.test/\tx",
  "https:\\\\a.test\\x",
  "https:a.test",
  "//a.test/",
  "a.test",
  "",
  "https://",
  "http://[::1",
  "blob:http://a.test/x",
];

for (const text of refusedSchemes) {
  Deno.test(`parseSource() refuses ${JSON.stringify(text)} (#81)`, () => {
    throws(() => parseSource(text), hasCode("scheme"));
  });
}

const refusedHosts: readonly (readonly [string, readonly string[] | undefined])[] = [
  ["http://169.254.169.254/latest", undefined],
  ["http://2852039166/", undefined],
  ["http://0xa9fea9fe/", undefined],
  ["http://0251.0376.0251.0376/", undefined],
  ["http://169.254.1.1./", undefined],
  ["http://[fe80::1]/", undefined],
  ["http://[febf::1]/", undefined],
  ["http://[::ffff:169.254.169.254]/", undefined],
  ["http://[fd00:ec2::254]/", undefined],
  ["http://metadata.google.internal/", undefined],
  ["http://METADATA.google.internal./", undefined],
  ["http://100.100.100.200/", undefined],
  ["http://b.test/", ["a.test"]],
  ["http://good.test@evil.test/", ["good.test"]],
  ["http://a.test.evil.test/", ["a.test"]],
  ["http://a.test./", ["a.test"]],
  ["http://a.test:81/", ["a.test:80"]],
  ["https://a.test/", ["a.test:80"]],
  ["http://xn--80ak6aa92e.test/", ["apple.test"]],
  ["http://a.test/", []],
  ["http://a.test/", ["", "http://a.test", "a test"]],
];

for (const [text, allowHosts] of refusedHosts) {
  Deno.test(`parseSource() refuses host of ${text} with ${JSON.stringify(allowHosts)} (#87 #88)`, () => {
    throws(
      () => parseSource(text, allowHosts === undefined ? {} : { allowHosts }),
      hasCode("host"),
    );
  });
}

const accepted: readonly (readonly [string, readonly string[] | undefined])[] = [
  ["http://127.0.0.1:8000/x", undefined],
  ["http://[::1]:8000/x", ["[::1]"]],
  ["http://[::1]:8000/x", ["[::1]:8000"]],
  ["https://a.test/x", ["a.test"]],
  ["https://a.test/x", ["a.test:443"]],
  ["http://a.test/x", ["a.test:80"]],
  ["http://a.test:81/x", ["A.test"]],
  ["http://bücher.test/x", ["xn--bcher-kva.test"]],
  ["http://169.254.1.1/x", ["169.254.1.1"]],
];

for (const [text, allowHosts] of accepted) {
  Deno.test(`parseSource() takes ${text} with ${JSON.stringify(allowHosts)}`, () => {
    parseSource(text, allowHosts === undefined ? {} : { allowHosts });
  });
}

Deno.test("parseSource() takes credentials out of the URL, and prefers them (#84)", () => {
  const credentials = { username: "other", password: "pw" };
  const own = parseSource("https://u%40x:p%3Aw@a.test/x?q=1#f", { credentials });
  strictEqual(own.url.href, "https://a.test/x?q=1");
  strictEqual(own.authorization, `Basic ${btoa("u@x:p:w")}`);
  strictEqual(showUrl(own.url), "https://a.test/x");
  strictEqual(parseSource("http://a.test/").authorization, undefined);
  const bad = parseSource("http://u:%zz@a.test/");
  strictEqual(bad.authorization, `Basic ${btoa("u:%zz")}`);
});

Deno.test("parseSource() gives credentials to their origin alone, not to mirrors (#83)", () => {
  const credentials = { username: "ü", password: "pw" };
  const options = { credentials, origin: "http://a.test" };
  const bytes = new TextEncoder().encode("ü:pw");
  const basic = `Basic ${btoa(String.fromCharCode(...bytes))}`;
  strictEqual(parseSource("http://a.test/x", options).authorization, basic);
  for (const mirror of ["http://b.test/x", "https://a.test/x", "http://a.test:81/x"]) {
    strictEqual(parseSource(mirror, options).authorization, undefined);
  }
});

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => {
    strictEqual(error instanceof ArchiveError && error.code, code, `${error}`);
    return true;
  };
}
