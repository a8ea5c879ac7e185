import { ok, strictEqual } from "node:assert/strict";
import { generateKeyPair } from "../../src/spec/private_key.ts";
import { startCli } from "../support/cli.ts";
import { type Entry, Story } from "./story.ts";
import { throughout } from "./until.ts";

/** What a store may hold that no node takes up, and the code that says why. */
const REFUSED: readonly [string, string, (story: Story, entry: Entry) => Promise<string>][] = [
  ["no JSON", "envelope_json", () => Promise.resolve("{ broken")],
  ["nothing", "empty_value", () => Promise.resolve("")],
  ["another kind of JSON", "machines_type", () => Promise.resolve("{}")],
  ["a list that nobody signed", "sig_missing", async (_, entry) => {
    const payload = new TextEncoder().encode(JSON.stringify([{ ...entry, name: "other" }]));
    return await Promise.resolve(JSON.stringify({ machines: payload.toBase64() }));
  }],
  [
    "a list that somebody else signed",
    "sig_invalid",
    async (story, entry) => await story.pack([entry], generateKeyPair().privateKey),
  ],
  [
    "a name that leads out",
    "name",
    async (story, entry) => await story.pack([{ ...entry, name: "../x" }]),
  ],
  [
    "a name with a quote",
    "name",
    async (story, entry) => await story.pack([{ ...entry, name: 'x"y' }]),
  ],
  [
    "a template in the source",
    "template_unsupported",
    async (story, entry) =>
      await story.pack([{ ...entry, source: "http://h/{{ lookup `facts.x` `y` }}" }]),
  ],
  [
    "an entry without a checksum",
    "field_missing",
    async (story, entry) => await story.pack([{ ...entry, checksum: undefined }]),
  ],
  ["a name twice", "name_duplicate", async (story, entry) => await story.pack([entry, entry])],
];

Deno.test("what is refused changes nothing, is told with its code, and what is good afterwards is taken up", async (t) => {
  await using story = await Story.open();
  const one = await story.machine("one");
  await story.publish([one]);
  await using node = story.node();
  const before = await story.untilRuns("one");
  for (const [title, code, make] of REFUSED) {
    await t.step(`${title}: ${code}`, async () => {
      await story.put(await make(story, one));
      const { spec, machines } = await story.untilStatus(code, ({ spec }) => spec.code === code);
      strictEqual(spec.sha256, before.spec.sha256);
      strictEqual(machines.find(({ name }) => name === "one")?.state, "RUN");
      strictEqual(story.read("one/data.txt"), "one 1.0.0\n");
    });
  }
  await story.publish([one, await story.machine("two")]);
  await story.untilRuns("two");
  ok(node.stderr.text.includes("sig_invalid"));
});

Deno.test("the last good list stays in force over a restart, with bad data in the store and without a store", async () => {
  await using story = await Story.open();
  const one = await story.machine("one");
  await story.publish([one]);
  {
    await using node = story.node();
    await story.untilRuns("one");
    await story.put("{ broken");
    await story.untilStatus("a refusal", ({ spec }) => spec.code === "envelope_json");
    await node.stop();
  }
  {
    await using node = story.node();
    const { spec } = await story.untilStatus(
      "a refusal again",
      ({ spec, machines }) =>
        spec.code === "envelope_json" && machines.some(({ state }) => state === "RUN"),
    );
    strictEqual(spec.verified_by, story.keys.publicKey);
    await node.stop();
  }
  await story.nats.kill();
  story.http.pages.clear();
  await using _node = story.node();
  await story.untilStatus(
    "running without a store (#188)",
    ({ machines }) => machines.some(({ state }) => state === "RUN"),
  );
  await throughout("the machine", 1_500, () => story.read("one/data.txt") === "one 1.0.0\n");
  await story.nats.start();
  await story.publish([one, await story.machine("two")]);
  await story.untilRuns("two");
});

Deno.test("one bad archive holds that machine, and no other", async () => {
  await using story = await Story.open();
  const [good, missing, wrong] = [
    await story.machine("good"),
    await story.machine("missing"),
    await story.machine("wrong"),
  ];
  story.http.pages.delete("/missing-1.0.0.tgz");
  await story.publish([good, missing, { ...wrong, checksum: "0".repeat(64) }]);
  await using _node = story.node();
  await story.untilRuns("good");
  const { machines } = await story.untilStatus(
    "two refusals",
    ({ machines }) =>
      machines.filter(({ code, installed }) => !installed && code !== "pending").length === 2,
  );
  const codes = Object.fromEntries(machines.map(({ name, code }) => [name, code]));
  strictEqual(codes["wrong"], "checksum");
  ok(codes["missing"] !== "ok", codes["missing"]);
});

Deno.test("run refuses keys that are weak, private, too short or no keys at all, with 78", async (t) => {
  await using story = await Story.open();
  const cases: readonly [string, string | undefined, string][] = [
    ["weak", `01${"0".repeat(62)}`, "key_weak"],
    ["private", story.keys.privateKey, "key_private"],
    ["short", story.keys.publicKey.slice(2), "key_length"],
    ["missing", undefined, "key_missing"],
  ];
  for (const [title, key, code] of cases) {
    await t.step(title, async () => {
      const keys = key === undefined ? [] : ["--public-key", key];
      const args = ["run", story.machines, "--identity", "n", "--store", story.nats.url, ...keys];
      await using node = startCli(args);
      strictEqual((await node.status).code, 78);
      await node.stderr.done;
      ok(node.stderr.text.includes(`[${code}]`), node.stderr.text);
      ok(!node.stderr.text.includes(story.keys.privateKey));
    });
  }
});
