import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert";
import { denoFetch } from "../../src/deno/fetch.ts";
import { missingPermissions, type Need, permissionFlags } from "../../src/deno/permissions.ts";
import { denoPorts } from "../../src/deno/ports.ts";
import { onSignals } from "../../src/deno/signals.ts";

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

Deno.test("onSignals() hears signals until it is disposed, twice is fine", async () => {
  const heard = Promise.withResolvers<string>();
  const listening = onSignals((kind, signal) => heard.resolve(`${kind} ${signal}`));
  await new Deno.Command("kill", { args: ["-HUP", String(Deno.pid)] }).output();
  // A listener alone does not keep a process alive.
  using _alive = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  strictEqual(await heard.promise, "reload SIGHUP");
  listening[Symbol.dispose]();
  listening[Symbol.dispose]();
});

const needs: readonly Need[] = [
  { kind: "net", value: "127.0.0.1:4222", why: "store" },
  { kind: "read", value: "/m/a b", why: "machines" },
  { kind: "write", value: "/m", why: "machines" },
  { kind: "run", value: "sh", why: "machines" },
  { kind: "env", value: "PATH", why: "commands" },
  { kind: "sys", value: "hostname", why: "identity" },
  { kind: "run", why: "machines" },
];

Deno.test("missingPermissions() finds nothing missing when all is granted", () => {
  deepStrictEqual(missingPermissions(needs), []);
});

Deno.test({
  name: "missingPermissions() names the flag of each that is missing",
  permissions: { net: ["127.0.0.1:4222"], read: ["/m"] },
  fn() {
    deepStrictEqual(missingPermissions(needs).map((each) => each.flag), [
      "--allow-write=/m",
      "--allow-run=sh",
      "--allow-env=PATH",
      "--allow-sys=hostname",
      "--allow-run",
    ]);
  },
});

Deno.test("permissionFlags() folds needs into one flag a kind, as Deno reads them", async () => {
  const flags = permissionFlags([...needs, { kind: "read", value: "/m/0", why: "more" }]);
  deepStrictEqual(flags, [
    "--allow-net=127.0.0.1:4222",
    "--allow-read=/m/0,/m/a b",
    "--allow-write=/m",
    "--allow-run",
    "--allow-env=PATH",
    "--allow-sys=hostname",
  ]);
  const code = 'console.log(Deno.permissions.querySync({ name: "read", path: "/m/a b" }).state)';
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "-q",
      ...flags,
      `data:text/javascript,${encodeURIComponent(code)}`,
    ],
  }).output();
  strictEqual(new TextDecoder().decode(stdout).trim(), "granted");
  throws(() => permissionFlags([{ kind: "read", value: "/m/a,b", why: "machines" }]), RangeError);
});

Deno.test("denoPorts() makes a world that works", async () => {
  const ports = denoPorts({ node: { identity: "me" }, log: { write: () => {} } });
  strictEqual(ports.node.identity, "me");
  strictEqual(ports.fs.lstat("/")?.kind, "directory");
  await ports.clock.sleep(0);
  strictEqual(ports.random() < 1, true);
});
