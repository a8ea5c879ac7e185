import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { seeded } from "../fuzz/engine.ts";
import { pause } from "./pause.ts";
import { files, stopInTime, Victim, witness } from "./victim.ts";

/** Kills in the normal run; `MACHINIST_KILLS=300` for more. */
const KILLS = Number(Deno.env.get("MACHINIST_KILLS") ?? 30);
/** After so many kills the node is let to rest, offline and online. */
const REST_EVERY = 10;

/** What may be there only while something is under way. */
function leftovers(victim: Victim): readonly string[] {
  return files(victim.machines).filter((path) =>
    /^tmp\/(?!\.seal\/)|^\.machinist\/(?:journal|exec)\/|\.new$|\.part(\.json)?$/.test(path)
  );
}

/** State that is no JSON. Scratch files of commands are no state; a torn journal entry is one that was never opened. */
function unreadable(victim: Victim): readonly string[] {
  const state = files(victim.machines).filter((path) =>
    path.endsWith(".json") && !/^tmp\/(?!\.seal)|\/(?:exec|journal|trash)\/|\.new\b/.test(path)
  );
  return state.filter((path) => {
    try {
      JSON.parse(Deno.readTextFileSync(`${victim.machines}/${path}`));
      return false;
    } catch {
      return true;
    }
  });
}

Deno.test(`start() survives ${KILLS} kills at random moments, offline and online (#170, #202, #203)`, async () => {
  await using victim = await Victim.open();
  const outside = `${victim.path}/precious`;
  Deno.writeTextFileSync(outside, "precious");
  const archives = ["1.0.0", "2.0.0"].map((version) => witness(version, victim.complaints));
  const random = seeded(Number(Deno.env.get("MACHINIST_SEED") ?? 170));
  let stood = false;
  let newest = archives[0];
  for (let kill = 1; kill <= KILLS; kill++) {
    newest = archives[kill % archives.length];
    ok(newest !== undefined);
    {
      await using agent = victim.start();
      const early = random() < 0.5;
      if (early) await victim.publish(newest);
      // The agent needs some time to start: most kills should come while it works.
      await pause(150 + 1_000 * random());
      if (!early) await victim.publish(newest);
      await pause(120 * random());
      await agent.stop("SIGKILL");
    }
    // In the middle of a swap the place is empty for a moment: the next start fills it again.
    victim.standing(archives);
    deepStrictEqual(unreadable(victim), [], `after kill ${kill}`);
    if (kill % REST_EVERY === 0 || kill === KILLS) {
      stood = await rest(victim, stood, newest, archives);
    }
  }
  strictEqual(Deno.readTextFileSync(outside), "precious");
  ok(!files(victim.path).includes("complaints"), "a machine ran from a mixed tree");
});

/** One life offline, when there is something to run, and one online; both end well. */
async function rest(
  victim: Victim,
  stood: boolean,
  newest: ReturnType<typeof witness>,
  archives: readonly ReturnType<typeof witness>[],
): Promise<boolean> {
  if (stood) {
    victim.forgetStatus();
    await using agent = victim.start([], { offline: true });
    await victim.untilRuns(agent);
    ok(victim.standing(archives) !== undefined, "the machine is lost");
    strictEqual((await stopInTime(agent)).code, 0);
  }
  victim.forgetStatus();
  await using agent = victim.start();
  await victim.untilRuns(agent, newest === archives[0] ? "1.0.0" : "2.0.0");
  strictEqual((await stopInTime(agent)).code, 0);
  strictEqual(victim.standing(archives), newest);
  deepStrictEqual(leftovers(victim), []);
  deepStrictEqual(unreadable(victim), []);
  return true;
}
