import type { Command } from "../command.ts";
import { defineCommand } from "../define_command.ts";
import { EXIT } from "../exit_code.ts";
import { JSON_OPTION, KEY_OPTION, STORE_OPTIONS } from "../options.ts";
import { publicKeysFrom } from "../public_key_text.ts";
import { openStore } from "../store.ts";
import { listDifference, readStored } from "../stored_list.ts";
import { table } from "../table.ts";

/** `machinist history`. */
export const history: Command = defineCommand({
  name: "history",
  summary: "Lists the revisions of the specification, with signer and difference",
  args: [],
  options: [KEY_OPTION, ...STORE_OPTIONS, JSON_OPTION],
  examples: ["machinist history --store nats://n1:4222 --public-key publisher.pub"],
  async action(input, io) {
    const keys = await publicKeysFrom(input.list("public-key"), io);
    await using store = await openStore(input, io);
    const kept = await store.bucket(input.text("bucket") ?? "").history(input.text("key") ?? "");
    let before = readStored(new Uint8Array(), []).machines;
    const revisions = kept.map(({ revision, time, value }) => {
      const list = value === undefined ? undefined : readStored(value, keys);
      const row = {
        revision,
        time: new Date(time).toISOString(),
        deleted: value === undefined,
        version: list?.version ?? null,
        verified: list?.verified ?? null,
        verified_by: list?.signers.map(({ hex }) => hex) ?? [],
        code: list?.fault?.code ?? null,
        difference: list === undefined ? [] : listDifference(before, list.machines),
      };
      if (list !== undefined) before = list.machines;
      return row;
    });
    if (input.flag("json")) {
      io.write(`${JSON.stringify({ revisions })}\n`);
      return EXIT.done;
    }
    io.write(
      await table(
        ["REVISION", "TIME", "VERSION", "SIGNER", "CHANGES"],
        revisions.map((row) => [
          String(row.revision),
          row.time,
          row.version === null ? "-" : String(row.version),
          row.verified === false
            ? `NO: ${row.code}`
            : row.verified_by.map((hex) => hex.slice(0, 16)).join(",") || "-",
          row.deleted ? "deleted" : row.difference.join(", ") || "-",
        ]),
      ),
    );
    return EXIT.done;
  },
});
