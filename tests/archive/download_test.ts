import { deepStrictEqual, doesNotMatch, match, rejects, strictEqual } from "node:assert/strict";
import { ArchiveError } from "../../src/archive/errors.ts";
import { DownloadWorld, read, URL_1 } from "../support/download_world.ts";

const body = new TextEncoder().encode("0123456789");

const answer =
  (status: number, headers: Record<string, string> = {}, text: BodyInit | null = body) => () =>
    new Response(status === 204 || status === 304 ? null : text, { status, headers });

Deno.test("openDownload() gives the bytes and what the headers say", async () => {
  const world = new DownloadWorld();
  world.http.on(URL_1, answer(200, { "content-type": "text/x", etag: '"1"' }));
  await using download = await world.open();
  strictEqual(await read(download), "0123456789");
  deepStrictEqual(download.answer.validators, { etag: '"1"' });
  strictEqual(download.answer.contentType, "text/x");
  const [request] = world.http.requests;
  // Fact 11: without it fetch would undo a content encoding, and other bytes would be hashed (#95 #96).
  strictEqual(request?.headers.get("accept-encoding"), "identity");
  strictEqual(request?.headers.get("authorization"), null);
});

const statuses: readonly (readonly [string, number, Record<string, string>])[] = [
  ["#75", 404, {}],
  ["#75", 401, {}],
  ["#75", 403, {}],
  ["#75", 410, {}],
  ["#76", 500, {}],
  ["#76", 503, {}],
  ["#78", 204, {}],
  ["#78", 206, { "content-range": "bytes 0-9/10" }],
  ["#78", 201, {}],
  ["#78 no location", 302, {}],
  ["#78 not modified", 304, {}],
  ["#100 unasked", 416, {}],
];

for (const [name, status, headers] of statuses) {
  Deno.test(`openDownload() refuses status ${status} (${name})`, async () => {
    const world = new DownloadWorld();
    world.http.on(URL_1, answer(status, headers));
    await rejects(world.load(), hasCode(`http_${status}`));
  });
}

Deno.test("openDownload() says that 401 and 403 are about credentials (#75)", async () => {
  const world = new DownloadWorld();
  world.http.on(URL_1, answer(401));
  await rejects(world.load(), /credentials/);
});

Deno.test("openDownload() passes on how long the server wants to be left alone, capped (#76)", async () => {
  const world = new DownloadWorld();
  const cases: readonly (readonly [string, number | undefined])[] = [
    ["7", 7000],
    ["99999999", 3_600_000],
    [new Date(world.clock.now() + 5000).toUTCString(), 5000],
    ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["soon", undefined],
  ];
  for (const [value, wanted] of cases) {
    world.http.on(URL_1, answer(429, { "retry-after": value }));
    await rejects(world.load(), (error) => {
      strictEqual(error instanceof ArchiveError && error.retryAfterMs, wanted, value);
      return true;
    });
  }
});

Deno.test("openDownload() follows redirects by hand, five and no more (#79 #82)", async () => {
  const world = new DownloadWorld();
  for (let i = 0; i < 6; i++) {
    world.http.on(`http://files.test/${i}`, answer(302, { location: `/${i + 1}` }));
  }
  world.http.on("http://files.test/6", answer(200));
  strictEqual(await world.load("http://files.test/1"), "0123456789");
  await rejects(world.load("http://files.test/0"), hasCode("redirect_limit"));
  world.http.on("http://files.test/loop", answer(301, { location: "/loop" }));
  await rejects(world.load("http://files.test/loop"), hasCode("redirect_limit"));
});

const hops: readonly (readonly [string, string, string, readonly string[] | undefined, string])[] =
  [
    [
      "#79 to a host that is not allowed",
      "http://a.test/",
      "http://b.test/",
      ["a.test"],
      "redirect_host",
    ],
    [
      "#80 from https to http",
      "https://a.test/",
      "http://a.test/",
      undefined,
      "redirect_downgrade",
    ],
    ["#81 to file:", "http://a.test/", "file:///etc/passwd", undefined, "scheme"],
    ["#81 to data:", "http://a.test/", "data:,x", undefined, "scheme"],
    ["#81 to blob:", "http://a.test/", "blob:http://a.test/1", undefined, "scheme"],
    ["#81 to ftp:", "http://a.test/", "ftp://a.test/", undefined, "scheme"],
    ["#87 to metadata", "http://a.test/", "http://169.254.169.254/x", undefined, "redirect_host"],
    ["to nothing that is a URL", "http://a.test/", "http://[", undefined, "scheme"],
  ];

for (const [name, from, to, allowHosts, code] of hops) {
  Deno.test(`openDownload() refuses a redirect ${name}`, async () => {
    const world = new DownloadWorld();
    world.http.on(from, answer(302, { location: to })).on(to, answer(200));
    const allowed = allowHosts === undefined ? {} : { allowHosts };
    await rejects(world.load(from, allowed), hasCode(code));
    strictEqual(world.http.requests.length, 1);
  });
}

Deno.test("openDownload() follows a redirect to a host that is allowed (#79)", async () => {
  const world = new DownloadWorld();
  world.http.on("http://a.test/", answer(307, { location: "http://b.test:81/x" }));
  world.http.on("http://b.test:81/x", answer(200));
  const allowHosts = ["a.test", "b.test:81"];
  strictEqual(await world.load("http://a.test/", { allowHosts }), "0123456789");
});

Deno.test("openDownload() sends credentials to their own origin only (#83 #84)", async () => {
  const credentials = { username: "u", password: "canary" };
  const basic = `Basic ${btoa("u:canary")}`;
  for (const to of ["http://other.test/", "https://files.test/b", "http://files.test:81/b"]) {
    const world = new DownloadWorld();
    world.http.on(URL_1, answer(302, { location: to })).on(to, answer(200));
    await world.load(URL_1, { source: { credentials } });
    const sent = world.http.requests.map(({ headers }) => headers.get("authorization"));
    deepStrictEqual(sent, [basic, null], to);
  }
  const world = new DownloadWorld();
  world.http.on(URL_1, answer(302, { location: "http://x:y@files.test/b" }));
  world.http.on("http://files.test/b", answer(200));
  await world.load("http://u:canary@files.test/a.tgz");
  const sent = world.http.requests.map(({ headers }) => headers.get("authorization"));
  deepStrictEqual(sent, [basic, basic]);
  deepStrictEqual(world.http.requests.map(({ url }) => url), [URL_1, "http://files.test/b"]);
});

Deno.test("openDownload() tells no secret in its errors (#84 #86)", async () => {
  const secret = "http://u:canary@files.test/a.tgz?token=canary#canary";
  const failures = [
    new TypeError(`error sending request for url (${secret}): connection refused`),
    new TypeError(
      `error sending request for url (${secret}): invalid peer certificate: UnknownIssuer`,
    ),
    Object.assign(new Error(`Requires net access to "${secret}"`), { name: "NotCapable" }),
  ];
  const codes = ["unreachable", "tls", "permission"];
  for (const [index, failure] of failures.entries()) {
    const world = new DownloadWorld();
    world.http.on("http://files.test/a.tgz?token=canary", failure);
    await rejects(world.load(secret), (error) => {
      strictEqual(error instanceof ArchiveError && error.code, codes[index]);
      doesNotMatch(Deno.inspect(error), /canary/);
      match(`${error}`, /files\.test\/a\.tgz"/);
      return true;
    });
  }
});

Deno.test("openDownload() counts bytes up to the limit (#93 #94)", async () => {
  const world = new DownloadWorld();
  const stream = (bytes: number) => () => new Response(streamOf(new Uint8Array(bytes)));
  world.http.on(URL_1, stream(1000));
  strictEqual((await world.load()).length, 1000);
  world.http.on(URL_1, stream(1001));
  await rejects(world.load(), hasCode("too_large"));
  world.http.on(URL_1, answer(200, { "content-length": "10000000000000" }, streamOf(body)));
  await rejects(world.open(), hasCode("too_large"));
  world.http.on(URL_1, answer(200, { "content-length": "1001" }, streamOf(body)));
  await rejects(world.open(), hasCode("too_large"));
  world.http.on(URL_1, answer(200, { "content-length": "x" }, streamOf(body)));
  await rejects(world.open(), hasCode("content_length"));
});

Deno.test("openDownload() holds the body against its length (#92 #93)", async () => {
  const world = new DownloadWorld();
  const length = (value: string) => () =>
    new Response(streamOf(body), { headers: { "content-length": value } });
  world.http.on(URL_1, length("11"));
  await rejects(world.load(), hasCode("truncated"));
  world.http.on(URL_1, length("9"));
  await rejects(world.load(), hasCode("too_large"));
  world.http.on(URL_1, length("10"));
  strictEqual(await world.load(), "0123456789");
  await rejects(world.load(URL_1, { size: 11, limit: 11 }), hasCode("truncated"));
  await rejects(world.load(URL_1, { size: 9, limit: 9 }), hasCode("too_large"));
  world.http.on(URL_1, answer(200, {}, streamOf(body)));
  await rejects(world.load(URL_1, { size: 11, limit: 11 }), hasCode("truncated"));
  world.http.on(URL_1, () => new Response(broken()));
  await rejects(world.load(), hasCode("truncated"));
});

Deno.test("openDownload() stops an endless body one piece behind the limit (#93)", async () => {
  const world = new DownloadWorld();
  let pulled = 0;
  let cancelled = false;
  world.http.on(URL_1, () =>
    new Response(
      new ReadableStream({
        pull(controller) {
          pulled++;
          controller.enqueue(new Uint8Array(100));
        },
        cancel() {
          cancelled = true;
        },
      }),
    ));
  await rejects(world.load(), hasCode("too_large"));
  strictEqual(pulled <= 13, true, `${pulled}`);
  strictEqual(cancelled, true);
});

Deno.test("openDownload() goes on where it stopped, when the server has the same bytes (#100)", async () => {
  const world = new DownloadWorld();
  const resume = { offset: 4, etag: '"1"' };
  world.http.on(URL_1, answer(206, { "content-range": "bytes 4-9/10" }, "456789"));
  await using download = await world.open(URL_1, { resume });
  strictEqual(download.answer.offset, 4);
  strictEqual(download.answer.total, 10);
  strictEqual(await read(download), "456789");
  const headers = world.http.requests[0]?.headers;
  strictEqual(headers?.get("range"), "bytes=4-");
  strictEqual(headers?.get("if-range"), '"1"');
});

const restarts: readonly (readonly [string, Response])[] = [
  ["another range", answer(206, { "content-range": "bytes 3-9/10" })()],
  ["half a range", answer(206, { "content-range": "bytes 4-8/10" })()],
  ["no range", answer(206)()],
  ["a range of unknown length", answer(206, { "content-range": "bytes 4-9/*" })()],
  [
    "a length that does not fit",
    answer(206, { "content-range": "bytes 4-9/10", "content-length": "5" })(),
  ],
  ["416", answer(416)()],
];

for (const [name, first] of restarts) {
  Deno.test(`openDownload() asks for all when a range is answered by ${name} (#100)`, async () => {
    const world = new DownloadWorld();
    world.http.on(URL_1, (request) => {
      return request.headers.has("range") ? first : answer(200)();
    });
    await using download = await world.open(URL_1, { resume: { offset: 4, etag: '"1"' } });
    strictEqual(download.answer.offset, 0);
    strictEqual(await read(download), "0123456789");
  });
}

Deno.test("openDownload() takes all when the server answers 200 to a range (#100)", async () => {
  const world = new DownloadWorld();
  world.http.on(URL_1, answer(200));
  await using download = await world.open(URL_1, { resume: { offset: 4, lastModified: "x" } });
  strictEqual(download.answer.offset, 0);
  strictEqual(world.http.requests.length, 1);
});

Deno.test("openDownload() asks for no range without something to compare", async () => {
  const world = new DownloadWorld();
  world.http.on(URL_1, answer(200));
  await using download = await world.open(URL_1, { resume: { offset: 4 } });
  strictEqual(download.answer.offset, 0);
  strictEqual(world.http.requests[0]?.headers.has("range"), false);
});

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes.slice());
      controller.close();
    },
  });
}

function broken(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    pull(controller) {
      controller.error(new TypeError("connection reset"));
    },
  });
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => {
    strictEqual(error instanceof ArchiveError && error.code, code, `${error}`);
    return true;
  };
}
