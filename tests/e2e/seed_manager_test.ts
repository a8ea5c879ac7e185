import { match, ok, strictEqual } from "node:assert/strict";
import { Story } from "./story.ts";
import { until } from "./until.ts";

/** The watchers of the seed document, as printed there: `state_match` stands twice. */
const WATCHERS = `watchers:
    - name: desired_state
      type: kv
      interval: 1m
      state_match: [MANAGE]
      properties:
         bucket: MACHINES
         key: machines
         mode: poll
         bucket_prefix: false
      
    - name: manage_machines
      state_match: [MANAGE]
      type: machines
      interval: 1m
      state_match:
        - MANAGE
      properties:
        data_item: machines
        purge_unknown: true
        machine_manage_interval: 1m
        public_key: KEY
`;

const HEAD = `name: manager
version: 1.0.0
initial_state: MANAGE
transitions:
    - name: enter_maintenance
      from: [MANAGE]
      destination: MAINTENANCE
    - name: resume
      from: [MAINTENANCE]
      destination: MANAGE
`;

function furnish(story: Story, change: (text: string) => string = (text) => text): void {
  Deno.mkdirSync(`${story.machines}/manager`, { recursive: true });
  const text = change(WATCHERS).replace("KEY", story.keys.publicKey);
  Deno.writeTextFileSync(`${story.machines}/manager/machine.yaml`, HEAD + text);
}

function hosting(story: Story): readonly string[] {
  return ["--no-manager", "--store", story.nats.url];
}

Deno.test("the seed's manager machine, as printed, deploys what the store holds (poll)", async () => {
  await using story = await Story.open();
  furnish(story);
  await story.publish([await story.machine("one")]);
  await using node = story.node(hosting(story));
  match(await node.waitForLog("state_match"), /odd|twice|more than once/);
  await story.untilRuns("one");
  ok(story.read("mm_one/machine.yaml")?.includes("interval: 1m0s"));
  strictEqual((await node.stop()).code, 0);
});

Deno.test("the seed's manager machine polls at its interval", async () => {
  await using story = await Story.open();
  furnish(story, (text) => text.replace("interval: 1m", "interval: 2s"));
  await using _node = story.node(hosting(story));
  await story.untilStatus("a first look", ({ spec }) => spec.code === "spec_absent");
  await story.publish([await story.machine("one")]);
  await story.untilRuns("one");
  await story.publish([await story.machine("one", { version: "1.1.0" })]);
  await story.untilRuns("one", "1.1.0");
});

Deno.test("the seed's manager machine with mode watch hears of a push at once", async () => {
  await using story = await Story.open();
  furnish(story, (text) => text.replace("mode: poll", "mode: watch"));
  await using _node = story.node(hosting(story));
  await story.untilStatus("a first look", ({ spec }) => spec.code === "spec_absent");
  await story.publish([await story.machine("one")]);
  await story.untilRuns("one");
  await story.publish([]);
  await story.untilStatus("the purge guard", ({ spec }) => spec.code === "purge_guard");
  ok(story.read("one/data.txt") !== undefined);
  await story.publish([await story.machine("two")]);
  await story.untilRuns("two");
});

Deno.test("a manager machine leaves what other managers and people own alone", async () => {
  await using story = await Story.open();
  furnish(story, (text) => text.replace("mode: poll", "mode: watch"));
  for (const name of ["mine", "mm_mine", "lost+found"]) {
    Deno.mkdirSync(`${story.machines}/${name}`, { recursive: true });
    Deno.writeTextFileSync(`${story.machines}/${name}/keep.txt`, name);
  }
  await using _node = story.node(hosting(story));
  await story.publish([await story.machine("mine"), await story.machine("one")]);
  await story.untilRuns("one");
  const status = await story.untilStatus(
    "mine held",
    ({ machines }) => machines.some(({ name, code }) => name === "mine" && code === "foreign"),
  );
  ok(status.machines.length >= 2);
  await until(
    "foreign directories kept",
    () =>
      ["mine", "mm_mine", "lost+found"].every((name) => story.read(`${name}/keep.txt`) === name),
  );
});
