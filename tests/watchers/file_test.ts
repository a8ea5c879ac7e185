import { deepStrictEqual, strictEqual, throws } from "node:assert";
import { DenoFs } from "../../src/deno/fs.ts";
import type { Data, Outcome } from "../../src/machine/watcher.ts";
import type { Fs } from "../../src/ports/fs.ts";
import { FakeClock, FaultFs, MemoryLog } from "../../src/testing/mod.ts";
import { FileWatcher } from "../../src/watchers/file.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { look, type LookOptions, templates } from "./look.ts";

const OWNER = String(Deno.uid());
const CONTENT = { path: "x.txt", contents: "hello", owner: OWNER, group: OWNER, mode: "0640" };

/** A machine's directory on the disk. */
class Rig implements AsyncDisposable {
  readonly log = new MemoryLog();
  readonly machines: string;
  readonly #directory: AsyncDisposable;

  private constructor(directory: AsyncDisposable & { readonly path: string }) {
    this.machines = directory.path;
    this.#directory = directory;
  }

  static async create(): Promise<Rig> {
    const rig = new Rig(await temporaryDirectory());
    for (const name of ["lamp", "other", ".machinist"]) Deno.mkdirSync(`${rig.machines}/${name}`);
    return rig;
  }

  get path(): string {
    return `${this.machines}/lamp/x.txt`;
  }

  watcher(properties: Data, fs: Fs = new DenoFs()): (options?: LookOptions) => Promise<Outcome> {
    const ports = { clock: new FakeClock(), fs, log: this.log };
    const watcher = FileWatcher.create(properties, ports);
    return (options = {}) => watcher.watch(look({ machines: this.machines, ...options }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#directory[Symbol.asyncDispose]();
  }
}

Deno.test("FileWatcher.watch() tells when a file is there, has changed and is gone", async () => {
  await using rig = await Rig.create();
  const check = rig.watcher({ path: "./x.txt" });
  const missing = await check();
  deepStrictEqual([missing.result, missing.code], ["failure", "not_found"]);
  Deno.writeTextFileSync(rig.path, "a");
  const first = await check();
  deepStrictEqual([first.result, first.state], ["success", "changed"]);
  deepStrictEqual(first.details, { path: rig.path });
  strictEqual((await check()).result, "unchanged");
  Deno.utimeSync(rig.path, 1, 1_000_000);
  strictEqual((await check()).state, "changed");
  strictEqual((await check()).state, "unchanged");
  Deno.removeSync(rig.path);
  strictEqual((await check()).result, "failure");
  strictEqual((await check()).result, "failure");
});

Deno.test("FileWatcher.watch() with gather_initial_state only remembers the first look", async () => {
  await using rig = await Rig.create();
  Deno.writeTextFileSync(rig.path, "a");
  const check = rig.watcher({ path: "x.txt", gather_initial_state: true });
  strictEqual((await check({ cause: "start" })).result, "unchanged");
  Deno.utimeSync(rig.path, 1, 1_000_000);
  strictEqual((await check()).state, "changed");
});

Deno.test("FileWatcher.watch() looks at files of the node, not at those of other machines", async () => {
  await using rig = await Rig.create();
  await using elsewhere = await temporaryDirectory();
  const file = `${elsewhere.path}/motd`;
  Deno.writeTextFileSync(file, "");
  strictEqual((await rig.watcher({ path: file })()).state, "changed");
  const paths = [
    `${rig.machines}/other/x`,
    `${rig.machines}/.machinist/trust.json`,
    rig.machines,
    "../other/x",
    "a/../../x",
    `${rig.machines}/lamp/../other/x`,
  ];
  for (const path of paths) {
    const outcome = await rig.watcher({ path })();
    deepStrictEqual([path, outcome.result, outcome.code], [path, "failure", "outside"]);
  }
});

Deno.test("FileWatcher.watch() fails with the code of the file system", async () => {
  await using rig = await Rig.create();
  for (const fault of ["permission", "denied", "io"] as const) {
    const fs = new FaultFs(new DenoFs(), { at: 1, fault });
    const outcome = await rig.watcher({ path: "/etc/hosts" }, fs)();
    deepStrictEqual([outcome.result, outcome.code], ["failure", fault]);
  }
});

Deno.test("FileWatcher.watch() writes content, and again when content or mode differ", async () => {
  await using rig = await Rig.create();
  const check = rig.watcher(CONTENT);
  strictEqual((await check()).state, "changed");
  strictEqual(Deno.readTextFileSync(rig.path), "hello");
  strictEqual((Deno.statSync(rig.path).mode ?? 0) & 0o7777, 0o640);
  strictEqual((await check()).state, "unchanged");
  Deno.chmodSync(rig.path, 0o600);
  strictEqual((await check()).state, "changed");
  strictEqual((await check()).state, "unchanged");
  Deno.writeTextFileSync(rig.path, "hullo");
  strictEqual((await check()).state, "changed");
  strictEqual(Deno.readTextFileSync(rig.path), "hello");
  strictEqual((await check()).state, "unchanged");
});

Deno.test("FileWatcher.watch() replaces a link and writes through none", async () => {
  await using rig = await Rig.create();
  const victim = `${rig.machines}/other/victim`;
  Deno.writeTextFileSync(victim, "hello");
  Deno.chmodSync(victim, 0o640);
  Deno.symlinkSync(victim, rig.path);
  strictEqual((await rig.watcher(CONTENT)()).state, "changed");
  strictEqual(Deno.lstatSync(rig.path).isSymlink, false);
  Deno.symlinkSync(`${rig.machines}/other`, `${rig.machines}/lamp/sub`);
  const outcome = await rig.watcher({ ...CONTENT, path: "sub/victim", contents: "no" })();
  deepStrictEqual([outcome.result, outcome.code], ["failure", "not_a_directory"]);
  strictEqual(Deno.readTextFileSync(victim), "hello");
});

Deno.test("FileWatcher.watch() expands templates of the content, of mode and of owner", async () => {
  await using rig = await Rig.create();
  const { contents: _, ...rest } = CONTENT;
  const properties = { ...rest, content: "hi {{ name }}" };
  const check = rig.watcher({ ...properties, mode: "{{ mode }}", owner: "{{ owner }}" });
  const template = templates({ name: "bob", mode: "0600", owner: OWNER });
  strictEqual((await check({ template })).state, "changed");
  strictEqual(Deno.readTextFileSync(rig.path), "hi bob");
  strictEqual((await check({ template: templates({ mode: "4755" }) })).code, "mode");
});

const FAILS: readonly (readonly [string, Data, string])[] = [
  ["a user that does not exist", { owner: "nobody-of-that-name" }, "owner"],
  ["a user that the agent is not", { owner: "4000000" }, "owner_unsupported"],
  [
    "a user of the node that the agent is not",
    { owner: Deno.uid() === 0 ? "nobody" : "root" },
    "owner_unsupported",
  ],
  ["a bad template", { contents: "{{ bad one }}" }, "template"],
  ["a directory in its place", { path: "../lamp" }, "outside"],
  ["a parent that does not exist", { path: "sub/x" }, "not_found"],
  ["more content than fits", { contents: "x".repeat(1024 * 1024 + 1) }, "too_large"],
];

for (const [name, properties, code] of FAILS) {
  Deno.test(`FileWatcher.watch() fails for ${name}`, async () => {
    await using rig = await Rig.create();
    const check = rig.watcher({ ...CONTENT, ...properties });
    const outcome = await check({ template: templates({}) });
    deepStrictEqual([outcome.result, outcome.code], ["failure", code]);
  });
}

Deno.test("FileWatcher.watch() does not replace a directory", async () => {
  await using rig = await Rig.create();
  Deno.mkdirSync(rig.path);
  const outcome = await rig.watcher(CONTENT)();
  deepStrictEqual([outcome.result, outcome.code], ["failure", "not_a_file"]);
});

Deno.test("FileWatcher.watch() keeps the old content when writing fails (#167)", async () => {
  await using rig = await Rig.create();
  await rig.watcher(CONTENT)();
  const counting = new FaultFs(new DenoFs());
  await rig.watcher({ ...CONTENT, contents: "better" }, counting)();
  await rig.watcher(CONTENT)();
  for (let at = 1; at <= counting.count; at++) {
    const fs = new FaultFs(new DenoFs(), { at, fault: "no_space", sticky: true });
    const outcome = await rig.watcher({ ...CONTENT, contents: "better" }, fs)();
    const text = Deno.readTextFileSync(rig.path);
    strictEqual(outcome.result === "failure" || text === "better", true);
    strictEqual(["hello", "better"].includes(text), true);
    await rig.watcher(CONTENT)();
  }
});

Deno.test("FileWatcher.create() wants owner, group and a good mode for content", async () => {
  await using rig = await Rig.create();
  throws(() => rig.watcher({}), /path is required/);
  for (const name of ["owner", "group", "mode"]) {
    const message = new RegExp(`${name} is required when managing content`);
    throws(() => rig.watcher({ ...CONTENT, [name]: "" }), message);
  }
  for (const mode of ["abc", "0999", "04755", "7"]) {
    throws(() => rig.watcher({ ...CONTENT, mode }), /invalid mode, must be a string like 0700/);
  }
});

Deno.test("FileWatcher.create() gives intervals, and a look at the start only to gather", () => {
  const ports = { clock: new FakeClock(), fs: new DenoFs(), log: new MemoryLog() };
  const pace = { atStart: false, defaultMs: 5_000, minimumMs: 500 };
  deepStrictEqual(FileWatcher.create({ path: "x" }, ports).pace, pace);
  const gathering = FileWatcher.create({ path: "x", gather_initial_state: true }, ports);
  deepStrictEqual(gathering.pace, { ...pace, atStart: true });
});
