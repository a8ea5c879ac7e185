import { rejects, strictEqual } from "node:assert";
import { TestHttp } from "../../src/testing/test_http.ts";

Deno.test("TestHttp.fetch() answers what was defined and 404 else", async () => {
  const http = new TestHttp()
    .on("http://a/text", "hello")
    .on("http://a/bytes", new Uint8Array([1, 2]))
    .on("http://a/broken", new TypeError("broken"))
    .on("http://a/made", (request) => new Response(request.method, { status: 503 }));
  const get = (path: string) => http.fetch(new Request(`http://a/${path}`));
  strictEqual(await (await get("text")).text(), "hello");
  strictEqual((await (await get("bytes")).bytes()).length, 2);
  strictEqual((await get("made")).status, 503);
  strictEqual((await get("none")).status, 404);
  await rejects(get("broken"), /broken/);
  http.off("http://a/text");
  strictEqual((await get("text")).status, 404);
  strictEqual(http.requests.length, 6);
  const aborted = new Request("http://a/bytes", { signal: AbortSignal.abort(new Error("enough")) });
  await rejects(http.fetch(aborted), /enough/);
});
