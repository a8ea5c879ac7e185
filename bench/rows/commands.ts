import { DENO_RUN, machinist, run } from "../command.ts";
import { alternate, timed } from "../rounds.ts";
import { above, type Bench } from "../row.ts";

/** Milliseconds that a command may take longer than Deno alone. */
const ALLOWED_MS = 60;

/** Commands that end at once, as whole processes, against `deno run` of an empty file. */
export const commands: Bench = {
  name: "commands version verify",
  async run({ directory, tell, quick }) {
    tell("machinist --version and verify");
    await Deno.writeTextFile(`${directory}/empty.ts`, "");
    await Deno.writeTextFile(`${directory}/list.json`, "[]");
    const keys = await machinist(["keys"]);
    const [publicKey = "", privateKey = ""] = [...keys.matchAll(/Key: ([0-9a-f]+)/g)]
      .map(([, key]) => key ?? "");
    const packed = await machinist(["pack", `${directory}/list.json`, privateKey]);
    await Deno.writeTextFile(`${directory}/packed.json`, packed);
    const found = await alternate({
      peer: () => timed(() => run(Deno.execPath(), [...DENO_RUN, `${directory}/empty.ts`])),
      version: () => timed(() => machinist(["--version"])),
      verify: () => timed(() => machinist(["verify", `${directory}/packed.json`, publicKey])),
    }, { rounds: quick ? 5 : 15 });
    const { peer, version, verify } = found;
    return [
      above("machinist --version (ms)", { ours: version, peer, more: ALLOWED_MS }),
      above("machinist verify (ms)", { ours: verify, peer, more: ALLOWED_MS }),
    ];
  },
};
