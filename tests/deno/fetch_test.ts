import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { denoFetch } from "../../src/deno/fetch.ts";

Deno.test("denoFetch() asks for raw bytes and follows no redirect", async () => {
  const seen: (string | null)[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      seen.push(request.headers.get("accept-encoding"));
      return new Response(null, { status: 302, headers: { location: "/elsewhere" } });
    },
  );
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const response = await denoFetch(new Request(url));
  await response.body?.cancel();
  strictEqual(response.status, 302);
  const other = await denoFetch(new Request(url, { headers: { "accept-encoding": "gzip" } }));
  await other.body?.cancel();
  deepStrictEqual(seen, ["identity", "gzip"]);
});

for (const url of ["file:///etc/passwd", "data:text/plain,x", "blob:x"]) {
  Deno.test(`denoFetch() refuses ${url}`, async () => {
    await rejects(denoFetch(new Request(url)), TypeError);
  });
}
