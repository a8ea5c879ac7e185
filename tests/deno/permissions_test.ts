import { deepStrictEqual, strictEqual, throws } from "node:assert";
import { missingPermissions, type Need, permissionFlags } from "../../src/deno/permissions.ts";

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
