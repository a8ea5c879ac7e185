import { formatRights, nodeRights, publisherRights } from "../../nats/rights.ts";
import type { Command } from "../command.ts";
import { defineCommand } from "../define_command.ts";
import { EXIT } from "../exit_code.ts";
import { isNatsStore } from "../nats_settings.ts";
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
    const rights = isNatsStore(input)
      ? {
        node: nodeRights({ bucket: name, key }),
        publisher: publisherRights({ bucket: name, key }),
      }
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
    for (const [who, allowed] of Object.entries(rights ?? {})) {
      io.write(`\n# rights of a ${who}\n${formatRights(allowed)}\n`);
    }
    return EXIT.done;
  },
});
