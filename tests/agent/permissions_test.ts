import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { neededPermissions, nodeFlags, type NodeReach } from "../../src/agent/permissions.ts";

const REACH: NodeReach = {
  directory: "/srv/machines",
  stores: ["nats://nats.example.net:4222"],
  downloadHosts: ["archives.example.net"],
  reads: [],
  commands: [],
  identityGiven: true,
};

const CASES: readonly [string, Partial<NodeReach>, readonly string[]][] = [
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
  ["the default port and WebSockets", {
    stores: ["nats://a", "wss://user:secret@b/path", "tls://[::1]:1"],
    downloadHosts: [],
    directory: "/a b",
  }, [
    "--no-prompt",
    "--allow-net=[::1]:1,a:4222,b:443",
    "--allow-read=/a b",
    "--allow-write=/a b",
  ]],
];

for (const [name, change, flags] of CASES) {
  Deno.test(`nodeFlags() asks for no more than needed in ${name}`, () => {
    deepStrictEqual(nodeFlags({ ...REACH, ...change }), flags);
  });
}

Deno.test("neededPermissions() refuses a store that is none, without showing its password", () => {
  for (const store of ["http://a", "nats:", "machines", "nats2://u:secret@h"]) {
    throws(() => neededPermissions({ ...REACH, stores: [store] }), (error: unknown) => {
      strictEqual(error instanceof RangeError, true);
      strictEqual(String(error).includes("secret"), false);
      return true;
    });
  }
});
