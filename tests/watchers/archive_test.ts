import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert";
import type { Data, Outcome } from "../../src/machine/watcher.ts";
import type {
  CheckReport,
  CheckRequest,
  InstallOptions,
  InstallReport,
  InstallRequest,
} from "../../src/ports/installer.ts";
import type { Verdict } from "../../src/ports/neighbours.ts";
import { FakeClock, MemoryLog } from "../../src/testing/mod.ts";
import { ArchiveWatcher } from "../../src/watchers/archive.ts";
import { splayDelay } from "../../src/watchers/splay.ts";
import { look, type LookOptions, templates } from "./look.ts";

const SUM = "a".repeat(64);
const SUMS = "b".repeat(64);
const BASE: Data = {
  source: "https://user:hidden@example.net/facts.tgz?token=hidden",
  creates: "facts",
  target: "/m",
  checksum: SUM,
  verify: "SHA256SUMS",
  verify_checksum: SUMS,
};
const INSTALLED: InstallReport = { result: "installed", checksum: SUM, downloaded: 10 };
const UNCHANGED: InstallReport = { result: "unchanged", checksum: SUM, downloaded: 0 };
const GOOD: CheckReport = { result: "verified", differences: [], files: 2, hashed: 0 };
const BAD: CheckReport = {
  ...GOOD,
  result: "different",
  differences: [{ path: "a", kind: "changed" }],
};

/** A watcher, and an installer that gives what the test says. */
class Rig {
  readonly clock = new FakeClock();
  readonly log = new MemoryLog();
  readonly watcher: ArchiveWatcher;
  readonly requests: InstallRequest[] = [];
  readonly checks: (string | undefined)[] = [];
  readonly held: string[] = [];
  readonly released: string[] = [];
  /** What the machines directory is asked about, and answers. */
  readonly admitted: string[] = [];
  verdict: Verdict = { ok: true };
  install: () => InstallReport | Error = () => INSTALLED;
  check: CheckReport = GOOD;
  previous: Outcome | undefined;

  constructor(properties: Data = BASE) {
    this.watcher = ArchiveWatcher.create(properties, {
      clock: this.clock,
      log: this.log,
      random: () => 0.5,
      installer: {
        install: (request, options) => this.#install(request, options),
        check: (_request: CheckRequest, options) => {
          this.checks.push(options?.depth);
          return Promise.resolve(this.check);
        },
      },
      neighbours: {
        hold: (directory) => {
          this.held.push(directory);
          return Promise.resolve({
            [Symbol.asyncDispose]: () => {
              this.released.push(directory);
              return Promise.resolve();
            },
          });
        },
      },
      admission: {
        admit: (directory) => {
          this.admitted.push(directory);
          return Promise.resolve(this.verdict);
        },
      },
    });
  }

  async look(options: LookOptions = {}): Promise<Outcome> {
    const previous = this.previous === undefined ? {} : { previous: this.previous };
    this.previous = await this.watcher.watch(
      look({ machine: "mm_facts", ...previous, ...options }),
    );
    return this.previous;
  }

  async #install(request: InstallRequest, options: InstallOptions): Promise<InstallReport> {
    options.signal.throwIfAborted();
    this.requests.push(request);
    const report = this.install();
    if (report instanceof Error) throw report;
    if (report.result === "installed") {
      await using _hold = await options.hold?.(request.creates);
    }
    return report;
  }
}

function coded(code: string, retryAfterMs?: number): Error {
  return Object.assign(new Error(`Cannot install "facts": ${code}`), { code, retryAfterMs });
}

Deno.test("ArchiveWatcher.watch() installs, tells the host and shows no secret (X21)", async () => {
  const rig = new Rig({ ...BASE, username: "user", password: "hidden" });
  const outcome = await rig.look({ cause: "start" });
  deepStrictEqual([outcome.result, outcome.state], ["success", "downloaded"]);
  deepStrictEqual(outcome.directories, ["facts"]);
  deepStrictEqual(rig.held, ["facts"]);
  deepStrictEqual(outcome.details, {
    source: "https://example.net/facts.tgz",
    creates: "facts",
    deployment: {
      name: "facts",
      state: "downloaded",
      installed: SUM,
      reason: 'installed "facts"',
    },
  });
  strictEqual(JSON.stringify(outcome).includes("hidden"), false);
  deepStrictEqual(rig.requests[0]?.credentials, { username: "user", password: "hidden" });
});

Deno.test("ArchiveWatcher.watch() verifies by stat, and hashes everything each 30th time", async () => {
  const rig = new Rig();
  await rig.look({ cause: "start" });
  for (let i = 0; i < 30; i++) {
    const outcome = await rig.look();
    deepStrictEqual([outcome.result, outcome.state], ["success", "verified"]);
  }
  strictEqual(rig.checks.filter((depth) => depth === "full").length, 1);
  strictEqual(rig.checks.length, 30);
  strictEqual(rig.requests.length, 1);
});

Deno.test("ArchiveWatcher.watch() repairs what is different and says what it was (#172)", async () => {
  const rig = new Rig();
  await rig.look();
  rig.check = BAD;
  rig.install = () => ({
    ...INSTALLED,
    repaired: [1, 2, 3, 4].map((n) => ({ path: `f${n}`, kind: "changed" })),
  });
  const outcome = await rig.look();
  strictEqual(outcome.state, "downloaded");
  strictEqual(
    outcome.reason,
    'repaired "facts": changed "f1", changed "f2", changed "f3" and 1 more',
  );
  strictEqual(outcome.announce, true);
});

Deno.test("ArchiveWatcher.watch() announces verified once, then once an hour (A11)", async () => {
  const rig = new Rig();
  rig.install = () => UNCHANGED;
  strictEqual((await rig.look({ cause: "start" })).announce, true);
  strictEqual((await rig.look()).announce, false);
  await rig.clock.advance(3_600_000);
  strictEqual((await rig.look()).announce, true);
  strictEqual((await rig.look()).announce, false);
});

Deno.test("ArchiveWatcher.watch() backs off while it fails, and keeps checking (A10)", async () => {
  const rig = new Rig();
  rig.install = () => coded("http_status");
  const first = await rig.look();
  deepStrictEqual(
    [first.result, first.state, first.code, first.again],
    ["failure", "error", "http_status", 1_000],
  );
  const early = await rig.look();
  deepStrictEqual([early.code, early.again, rig.requests.length], ["http_status", 1_000, 1]);
  strictEqual(early.announce, false);
  await rig.clock.advance(1_000);
  strictEqual((await rig.look({ cause: "again" })).again, 2_000);
  strictEqual(rig.requests.length, 2);
  await rig.clock.advance(2_000);
  rig.install = () => INSTALLED;
  strictEqual((await rig.look({ cause: "again" })).state, "downloaded");
});

Deno.test("ArchiveWatcher.watch() waits as long as the server asks", async () => {
  const rig = new Rig();
  rig.install = () => coded("http_status", 7_000);
  strictEqual((await rig.look()).again, 7_000);
});

Deno.test("ArchiveWatcher.watch() forgets failures when another archive is wanted (A14)", async () => {
  const rig = new Rig({ ...BASE, checksum: "{{ sum }}" });
  rig.install = () => coded("checksum");
  await rig.look({ template: templates({ sum: SUM }) });
  rig.install = () => INSTALLED;
  const outcome = await rig.look({ template: templates({ sum: "c".repeat(64) }) });
  strictEqual(outcome.state, "downloaded");
  deepStrictEqual(rig.requests.map((request) => request.checksum), [SUM, "c".repeat(64)]);
});

Deno.test("ArchiveWatcher.watch() stops repairing when somebody else keeps writing (#178)", async () => {
  const rig = new Rig();
  await rig.look();
  rig.check = BAD;
  rig.install = () => ({ ...INSTALLED, repaired: BAD.differences });
  for (let i = 0; i < 5; i++) strictEqual((await rig.look()).state, "downloaded");
  const outcome = await rig.look();
  deepStrictEqual([outcome.result, outcome.code, outcome.again], [
    "failure",
    "drift_loop",
    600_000,
  ]);
  await rig.clock.advance(600_000);
  strictEqual((await rig.look({ cause: "again" })).state, "downloaded");
});

Deno.test("ArchiveWatcher.watch() stops a changed machine first, and until it is repaired (A6, #172)", async () => {
  const rig = new Rig();
  await rig.look();
  deepStrictEqual([rig.held, rig.released], [["facts"], ["facts"]]);
  rig.check = BAD;
  let heldFirst: readonly string[] = [];
  rig.install = () => {
    heldFirst = [...rig.held];
    return coded("unreachable");
  };
  const failed = await rig.look();
  deepStrictEqual(heldFirst, ["facts", "facts"]);
  deepStrictEqual([failed.code, failed.details?.["deployment"]], ["unreachable", {
    name: "facts",
    state: "error",
    held: true,
    installed: SUM,
    code: "unreachable",
    reason: 'Cannot install "facts": unreachable',
  }]);
  strictEqual(rig.log.entries.at(-1)?.fields["code"], "tampered");
  // It stays stopped by one hold, whoever asks, and is not fetched at every nudge.
  for (const cause of ["interval", "wake", "wake"] as const) await rig.look({ cause });
  deepStrictEqual([rig.held.length, rig.released.length, rig.requests.length], [2, 1, 2]);
  await rig.clock.advance(10_000);
  rig.install = () => ({ ...INSTALLED, repaired: BAD.differences });
  strictEqual((await rig.look({ cause: "again" })).state, "downloaded");
  deepStrictEqual([rig.held.length, rig.released.length], [3, 3]);
  deepStrictEqual(rig.admitted, []);
});

Deno.test("ArchiveWatcher.watch() lets a machine go that somebody else put right (A6)", async () => {
  const rig = new Rig();
  await rig.look();
  rig.check = BAD;
  rig.install = () => coded("unreachable");
  await rig.look();
  rig.check = GOOD;
  strictEqual((await rig.look({ cause: "wake" })).state, "verified");
  deepStrictEqual([rig.held.length, rig.released.length], [2, 2]);
});

Deno.test("ArchiveWatcher.watch() keeps a machine stopped over which it fights (#178)", async () => {
  const rig = new Rig();
  await rig.look();
  rig.check = BAD;
  rig.install = () => ({ ...INSTALLED, repaired: BAD.differences });
  for (let i = 0; i < 5; i++) await rig.look();
  strictEqual(rig.held.length, rig.released.length);
  strictEqual((await rig.look({ cause: "wake" })).code, "drift_loop");
  strictEqual(rig.held.length, rig.released.length + 1);
  await rig.watcher[Symbol.asyncDispose]();
  await rig.watcher[Symbol.asyncDispose]();
  strictEqual(rig.held.length, rig.released.length);
});

Deno.test("ArchiveWatcher.watch() guards what was signed before while the new archive cannot be had", async () => {
  const rig = new Rig();
  rig.install = () => coded("http_404");
  await rig.look();
  deepStrictEqual([rig.admitted, rig.held], [["facts"], []]);
  rig.verdict = { ok: false, code: "absent", reason: "nothing there" };
  await rig.look();
  deepStrictEqual(rig.held, []);
  rig.verdict = { ok: false, code: "tampered", reason: "changed", stops: true };
  await rig.look();
  deepStrictEqual([rig.held, rig.released], [["facts"], []]);
  // Whoever nudges has asked already: to ask again would be answered by another nudge.
  const asked = rig.admitted.length;
  await rig.look({ cause: "wake" });
  strictEqual(rig.admitted.length, asked);
  rig.verdict = { ok: true };
  await rig.look();
  deepStrictEqual([rig.held, rig.released], [["facts"], ["facts"]]);
});

Deno.test("ArchiveWatcher.watch() expands templates in the fields that the reference does", async () => {
  const rig = new Rig({
    ...BASE,
    source: "https://{{ host }}/facts.tgz",
    mirrors: ["https://mirror.{{ host }}/facts.tgz"],
    verify_checksum: "{{ sums }}",
    username: "{{ user }}",
    password: "{{ word }}",
    size: 100,
    allow_unlisted: "machine_data.json",
    allow_hosts: ["example.net"],
    timeout: "1s",
  });
  const values = { host: "example.net", sums: SUMS.toUpperCase(), user: "u", word: "p" };
  await rig.look({ template: templates(values) });
  deepStrictEqual(rig.requests, [{
    sources: ["https://example.net/facts.tgz", "https://mirror.example.net/facts.tgz"],
    checksum: SUM,
    verify: "SHA256SUMS",
    verifyChecksum: SUMS,
    creates: "facts",
    target: "/m",
    timeoutMs: 5_000,
    credentials: { username: "u", password: "p" },
    size: 100,
    allowHosts: ["example.net"],
    allowUnlisted: ["machine_data.json"],
  }]);
});

Deno.test("ArchiveWatcher.watch() gives downloads fifteen minutes unless told otherwise (X20)", async () => {
  const rig = new Rig();
  await rig.look();
  strictEqual(rig.requests[0]?.timeoutMs, 900_000);
});

const UNUSABLE: readonly (readonly [string, Data, string])[] = [
  ["a template that is none", { verify_checksum: "{{bad one}}" }, "template"],
  ["a template that gives nothing", { verify_checksum: "{{ none }}" }, "template"],
  ["a checksum that is none", { checksum: "x" }, "checksum"],
  ["a governor", { governor: "one" }, "governor_unsupported"],
  ["a target that is not the machines directory (A9)", { target: "/etc" }, "target"],
  ["the directory of the machine itself", { creates: "lamp" }, "name_reserved"],
];

for (const [name, properties, code] of UNUSABLE) {
  Deno.test(`ArchiveWatcher.watch() fails for ${name}`, async () => {
    const rig = new Rig({ ...BASE, ...properties });
    const outcome = await rig.look({ template: templates({}), machine: "lamp" });
    deepStrictEqual([outcome.result, outcome.code], ["failure", code]);
    strictEqual(rig.requests.length, 0);
  });
}

const REFUSED: readonly (readonly [string, Data, RegExp])[] = [
  ["no source", { source: "" }, /source is required/],
  ["no creates", { creates: null }, /creates is required/],
  ["no target", { target: undefined }, /target is required/],
  ["no checksum", { checksum: "" }, /checksum is required/],
  ["no verify_checksum", { verify_checksum: "" }, /verify_checksum is required/],
  ["a username without password", { username: "u" }, /password is required when username is given/],
  ["insecure", { insecure: true }, /insecure/],
  ["a relative target", { target: "machines" }, /target/],
  ["verify with a path", { verify: "../SHA256SUMS" }, /verify/],
  ...["../x", ".", "..", "a/b", "a..b", ".hidden", "tmp", "x-temp", "mm_x", "a\nb", "{{ x }}", "ä"]
    .map((name) =>
      [`creates ${JSON.stringify(name)} (A9, #36)`, { creates: name }, /creates/] as const
    ),
];

for (const [name, properties, message] of REFUSED) {
  Deno.test(`ArchiveWatcher.create() refuses ${name}`, () => {
    throws(() => new Rig({ ...BASE, ...properties }), { message });
  });
}

Deno.test("ArchiveWatcher.watch() rejects with the reason of its signal", async () => {
  const rig = new Rig();
  const reason = new Error("left");
  await rejects(rig.look({ signal: AbortSignal.abort(reason) }), (error) => error === reason);
});

Deno.test("ArchiveWatcher.create() gives a default and a minimum interval", () => {
  deepStrictEqual(new Rig().watcher.pace, { defaultMs: 120_000, minimumMs: 10_000 });
});

Deno.test("ArchiveWatcher.watch() waits its turn for a new archive, and for no other (#104)", async () => {
  const rig = new Rig({ ...BASE, splay: "100s" });
  rig.check = { ...GOOD, result: "absent" };
  const turn = splayDelay(100_000, { identity: "node.example.net", checksum: SUM });
  ok(turn > 0 && turn < 100_000);
  const waiting = await rig.look({ cause: "start" });
  deepStrictEqual([waiting.result, waiting.code, waiting.again], ["unchanged", "splay", turn]);
  await rig.clock.advance(turn - 1);
  strictEqual((await rig.look()).code, "splay");
  strictEqual(rig.requests.length, 0);
  await rig.clock.advance(1);
  strictEqual((await rig.look()).state, "downloaded");

  const standing = new Rig({ ...BASE, splay: "100s" });
  standing.install = () => UNCHANGED;
  strictEqual((await standing.look({ cause: "start" })).state, "verified");
});
