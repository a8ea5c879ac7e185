import type { Command } from "../command.ts";
import { defineCommand } from "../define_command.ts";
import { EXIT } from "../exit_code.ts";
import { natsRights } from "../nats_rights.ts";
import { JSON_OPTION, STORE_OPTIONS } from "../options.ts";
import { openStore } from "../store.ts";

/** `machinist bucket`. */
export const bucket: Command = defineCommand({
  name: "bucket",
  summary: "Creates the bucket as a fleet wants it, and prints the rights that it takes",
  args: [],
  options: [
    { flags: "--history <N>", about: "revisions kept", fallback: "10" },
    { flags: "--replicas <N>", about: "copies in a cluster", fallback: "1" },
    ...STORE_OPTIONS,
    JSON_OPTION,
  ],
  examples: ["machinist bucket --store nats://n1:4222 --history 10 --replicas 3"],
  async action(input, io) {
    const name = input.text("bucket") ?? "";
    const key = input.text("key") ?? "";
    await using store = await openStore(input, io);
    const info = await store.createBucket(name, {
      history: input.number("history") ?? 10,
      replicas: input.number("replicas") ?? 1,
    });
    const isNats = !(input.text("store") ?? "").startsWith("file:");
    const rights = isNats
      ? natsRights({ bucket: name, key, republish: info.republish })
      : undefined;
    if (input.flag("json")) {
      io.write(`${JSON.stringify({ bucket: info, rights })}\n`);
      return EXIT.done;
    }
    io.write(
      `bucket ${info.name} ${info.created ? "created" : "exists"}: history ${info.history}, ` +
        `replicas ${info.replicas}, direct get ${info.direct ? "on" : "off"}, ` +
        `republish ${info.republish ?? "off"}\n`,
    );
    for (const [who, { publish, subscribe }] of Object.entries(rights ?? {})) {
      io.write(`\n# rights of a ${who}\n`);
      io.write(`publish:   ${JSON.stringify(publish)}\n`);
      io.write(`subscribe: ${JSON.stringify(subscribe)}\n`);
    }
    return EXIT.done;
  },
});
