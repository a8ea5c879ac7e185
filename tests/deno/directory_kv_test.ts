import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert";
import { DenoClock } from "../../src/deno/clock.ts";
import { DirectoryKv } from "../../src/deno/directory_kv.ts";
import { DenoFs } from "../../src/deno/fs.ts";
import type { KvResult } from "../../src/ports/kv.ts";
import { FaultFs } from "../../src/testing/fault_fs.ts";
import { StoppedWorld } from "../../src/testing/stopped_world.ts";
import { failsWith, testKvContract } from "../support/kv_contract.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const fs = new DenoFs();
const clock = new DenoClock();
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (result: KvResult) =>
  result.kind === "value" ? new TextDecoder().decode(result.value) : result.kind;

const open = (directory: string) => new DirectoryKv({ directory, fs, clock });

testKvContract("DirectoryKv", async () => {
  const directory = await temporaryDirectory();
  const store = `${directory.path}/store`;
  const kv = open(store);
  const second = open(store);
  return {
    kv,
    second,
    removeBucket: (name) => Deno.remove(`${store}/${name}`, { recursive: true }),
    async [Symbol.asyncDispose]() {
      await kv[Symbol.asyncDispose]();
      await second[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
});

async function withStore(run: (kv: DirectoryKv, path: string) => Promise<void>): Promise<void> {
  await using directory = await temporaryDirectory();
  await using kv = open(directory.path);
  await kv.createBucket("B");
  await run(kv, directory.path);
}

Deno.test("DirectoryKv.put() writes the value as a plain private file", () =>
  withStore(async (kv, path) => {
    await kv.bucket("B").put("machines", bytes("hello"));
    await kv.bucket("B").put("a/b", bytes("slash"));
    strictEqual(await Deno.readTextFile(`${path}/B/machines`), "hello");
    strictEqual(await Deno.readTextFile(`${path}/B/a%2Fb`), "slash");
    strictEqual(((await Deno.stat(`${path}/B/machines`)).mode ?? 0) & 0o777, 0o600);
    await kv.bucket("B").delete("machines");
    await rejects(Deno.stat(`${path}/B/machines`), Deno.errors.NotFound);
  }));

Deno.test("DirectoryKv.get() takes a value put by hand for a new revision", () =>
  withStore(async (kv, path) => {
    const bucket = kv.bucket("B");
    await Deno.writeTextFile(`${path}/B/k`, "by hand");
    strictEqual(text(await bucket.get("k")), "by hand");
    strictEqual((await bucket.get("k")).revision, 1);
    strictEqual(text(await bucket.get("k", { newerThan: 1 })), "unchanged");
    await Deno.writeTextFile(`${path}/B/k`, "by hand again");
    const again = await bucket.get("k", { newerThan: 1 });
    deepStrictEqual([text(again), again.revision], ["by hand again", 2]);
    strictEqual(await bucket.put("k", bytes("put")), 3);
    const history = await bucket.history("k");
    deepStrictEqual(history.map((each) => each.revision), [2, 3]);
    await Deno.remove(`${path}/B/k`);
    strictEqual(text(await bucket.get("k")), "absent");
  }));

Deno.test("DirectoryKv.get() trusts no number that another run gave to a value put by hand", () =>
  withStore(async (kv, path) => {
    await Deno.writeTextFile(`${path}/B/k`, "by hand");
    strictEqual((await kv.bucket("B").get("k")).revision, 1);
    await Deno.writeTextFile(`${path}/B/k`, "changed meanwhile");
    await using later = open(path);
    strictEqual(text(await later.bucket("B").get("k", { newerThan: 1 })), "changed meanwhile");
  }));

Deno.test("DirectoryKv.get() knows a store that was copied", async () => {
  await using directory = await temporaryDirectory();
  const { path } = directory;
  await using kv = open(`${path}/a`);
  await kv.createBucket("B");
  await kv.bucket("B").put("k", bytes("value"));
  await new Deno.Command("cp", { args: ["-r", `${path}/a`, `${path}/b`] }).output();
  await using copy = open(`${path}/b`);
  strictEqual(text(await copy.bucket("B").get("k", { newerThan: 1 })), "unchanged");
});

Deno.test("DirectoryKv.get() does not follow a link or hang on a FIFO in place of a value", () =>
  withStore(async (kv, path) => {
    await Deno.writeTextFile(`${path}/secret`, "secret");
    await Deno.symlink(`${path}/secret`, `${path}/B/link`);
    await new Deno.Command("mkfifo", { args: [`${path}/B/fifo`] }).output();
    await rejects(kv.bucket("B").get("link"), failsWith("store"));
    await rejects(kv.bucket("B").get("fifo"), failsWith("store"));
  }));

Deno.test("DirectoryKv.get() reads nothing above the limit", () =>
  withStore(async (kv, path) => {
    await Deno.writeFile(`${path}/B/k`, new Uint8Array(1_048_577));
    await rejects(kv.bucket("B").get("k"), failsWith("too_large"));
    await Deno.writeFile(`${path}/B/k`, new Uint8Array(1_048_576));
    strictEqual((await kv.bucket("B").get("k")).kind, "value");
  }));

Deno.test("DirectoryKv.put() leaves the old or the new value when the world stops anywhere", async () => {
  for (let at = 1;; at++) {
    await using directory = await temporaryDirectory();
    await using kv = open(directory.path);
    await kv.createBucket("B");
    await kv.bucket("B").put("k", bytes("old"));
    const broken = new FaultFs(fs, { at });
    await using doomed = new DirectoryKv({ directory: directory.path, fs: broken, clock });
    const done = await doomed.bucket("B").put("k", bytes("new")).then(() => true, (error) => {
      ok(error.cause instanceof StoppedWorld || error.code === "closed", String(error));
      return false;
    });
    const found = await kv.bucket("B").get("k");
    ok(["old", "new"].includes(text(found)), `after ${at}: ${text(found)}`);
    const revision = await kv.bucket("B").put("k", bytes("next"));
    ok(revision > (found.revision ?? 0), `after ${at}: ${revision}`);
    strictEqual(text(await kv.bucket("B").get("k")), "next");
    if (done) break;
  }
});

Deno.test("DirectoryKv.put() from many processes loses nothing", async () => {
  await using directory = await temporaryDirectory();
  await using kv = open(directory.path);
  await kv.createBucket("B", { history: 100 });
  const script = `
    import { DirectoryKv } from "${import.meta.resolve("../../src/deno/directory_kv.ts")}";
    import { DenoFs } from "${import.meta.resolve("../../src/deno/fs.ts")}";
    import { DenoClock } from "${import.meta.resolve("../../src/deno/clock.ts")}";
    const kv = new DirectoryKv({ directory: Deno.args[0], fs: new DenoFs(), clock: new DenoClock() });
    for (let i = 0; i < 10; i++) await kv.bucket("B").put("k", new TextEncoder().encode(Deno.args[1] + i));
  `;
  await Deno.writeTextFile(`${directory.path}/put.ts`, script);
  const scope = directory.path;
  const flags = [
    `--allow-read=${scope}`,
    `--allow-write=${scope}`,
    "--no-prompt",
    "-q",
    "--no-check",
  ];
  const runs = ["a", "b", "c"].map((name) =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", ...flags, `${scope}/put.ts`, scope, name],
      cwd: new URL("../..", import.meta.url).pathname,
    }).output()
  );
  for (const { code, stderr } of await Promise.all(runs)) {
    strictEqual(code, 0, new TextDecoder().decode(stderr));
  }
  const history = await kv.bucket("B").history("k");
  deepStrictEqual(
    history.map((each) => each.revision),
    Array.from({ length: 30 }, (_, i) => i + 1),
  );
  strictEqual(new Set(history.map((each) => new TextDecoder().decode(each.value))).size, 30);
});

Deno.test("DirectoryKv.changes() hears another process's cp", () =>
  withStore(async (kv, path) => {
    const controller = new AbortController();
    const bucket = kv.bucket("B");
    let copied = false;
    for await (const _ of bucket.changes("k", { signal: controller.signal })) {
      if (text(await bucket.get("k")) === "by hand") controller.abort();
      else if (!copied) {
        copied = true;
        setTimeout(() => Deno.writeTextFileSync(`${path}/B/k`, "by hand"), 50);
      }
    }
  }));

Deno.test("DirectoryKv.get() names Deno's refusal apart from the system's", async () => {
  await using directory = await temporaryDirectory();
  await using kv = open(directory.path);
  await kv.createBucket("B");
  const broken = new FaultFs(fs, { at: 1, sticky: true, fault: "permission" });
  await using refused = new DirectoryKv({ directory: directory.path, fs: broken, clock });
  await rejects(refused.bucket("B").get("k"), failsWith("permission"));
  const denied = new FaultFs(fs, { at: 1, sticky: true, fault: "denied" });
  await using other = new DirectoryKv({ directory: directory.path, fs: denied, clock });
  await rejects(other.bucket("B").get("k"), failsWith("denied"));
});
