import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { permissionFlags, type PermissionNeeds, permissionSet } from "../../src/agent/permissions.ts";

const NEEDS: PermissionNeeds = {
  directory: "/srv/machines",
  stores: ["nats://nats.example.net:4222"],
  downloadHosts: ["archives.example.net"],
  reads: [],
  commands: [],
  identityGiven: true,
};

const CASES: readonly [string, Partial<PermissionNeeds>, readonly string[]][] = [
  ["the plain case", {}, [
    "--no-prompt",
    "--allow-net=archives.example.net,nats.example.net:4222",
    "--allow-read=/srv/machines",
    "--allow-write=/srv/machines",
  ]],
  ["no identity", { identityGiven: false, downloadHosts: [] }, [
    "--no-prompt",
    "--allow-net=nats.example.net:4222",
    "--allow-read=/srv/machines",
    "--allow-write=/srv/machines",
    "--allow-sys=hostname",
  ]],
  ["a directory store, and files inside and outside", {
    stores: ["file:/srv/store"],
    downloadHosts: [],
    reads: ["/etc/machinist/key.pub", "/srv/machines/facts.json"],
    stateDirectory: "/var/lib/machinist",
    commands: ["/usr/bin/facter"],
  }, [
    "--no-prompt",
    "--allow-read=/etc/machinist/key.pub,/srv/machines,/srv/store,/var/lib/machinist",
    "--allow-write=/srv/machines,/var/lib/machinist",
    "--allow-run=/usr/bin/facter",
  ]],
  ["the default port, WebSockets and a comma", {
    stores: ["nats://a", "wss://user:secret@b/path", "tls://[::1]:1"],
    downloadHosts: [],
    directory: "/a,b",
  }, [
    "--no-prompt",
    "--allow-net=[::1]:1,a:4222,b:443",
    "--allow-read=/a,,b",
    "--allow-write=/a,,b",
  ]],
];

for (const [name, change, flags] of CASES) {
  Deno.test(`permissionSet() asks for no more than needed in ${name}`, () => {
    deepStrictEqual(permissionFlags(permissionSet({ ...NEEDS, ...change })), flags);
  });
}

Deno.test("permissionSet() refuses a store that is none, without showing its password", () => {
  for (const store of ["http://a", "nats:", "machines", "nats2://u:secret@h"]) {
    throws(() => permissionSet({ ...NEEDS, stores: [store] }), (error: unknown) => {
      strictEqual(error instanceof RangeError, true);
      strictEqual(String(error).includes("secret"), false);
      return true;
    });
  }
});
