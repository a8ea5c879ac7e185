import { denoPorts } from "../../deno/ports.ts";
import type { Command } from "../command.ts";
import { CommandError } from "../command_error.ts";
import { defineCommand } from "../define_command.ts";
import { eventLine, type EventPick, readEvent, wantsEvent } from "../event_line.ts";
import { EXIT } from "../exit_code.ts";
import { isNatsStore, natsSettings } from "../nats_settings.ts";
import { JSON_OPTION, STORE_OPTIONS } from "../options.ts";
import { stopSignal } from "../stop_signal.ts";

/** `machinist events`. */
export const events: Command = defineCommand({
  name: "events",
  summary: "Follows what the machines of a fleet tell on the bus",
  about: "Until SIGINT or SIGTERM. With --json one CloudEvent a line.",
  args: [],
  options: [
    { flags: "--machine <NAME>", about: "only of this machine" },
    { flags: "--identity <NAME>", about: "only of this node" },
    { flags: "--type <TYPE>", about: "only transition, or of this watcher type" },
    { flags: "--count <N>", about: "end after so many" },
    ...STORE_OPTIONS,
    JSON_OPTION,
  ],
  examples: ["machinist events --store nats://n1:4222 --machine facts"],
  async action(input, io) {
    if (!isNatsStore(input)) {
      throw new CommandError("Cannot follow events of a directory store: there is no bus", {
        code: "usage",
        exit: EXIT.usage,
        hint: "--store nats://HOST:4222",
      });
    }
    const pick: EventPick = {
      machine: input.text("machine"),
      identity: input.text("identity"),
      type: input.text("type"),
    };
    const count = input.number("count") ?? Infinity;
    const { connectNats } = await import("../../nats/connect.ts");
    const ports = denoPorts({
      node: { identity: "unknown" },
      log: { level: "warn", write: (line) => io.note(line) },
    });
    using stop = stopSignal(io);
    await using world = await connectNats(natsSettings(input, io), ports);
    await world.ready({ signal: stop.signal });
    let seen = 0;
    for await (const { data } of world.messages("choria.machine.>", { signal: stop.signal })) {
      const event = readEvent(data);
      if (event === undefined || !wantsEvent(event, pick)) continue;
      io.write(input.flag("json") ? `${JSON.stringify(event.body)}\n` : eventLine(event));
      if (++seen >= count) break;
    }
    return EXIT.done;
  },
});
