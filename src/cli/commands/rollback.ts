import { DenoClock } from "../../deno/clock.ts";
import type { Command } from "../command.ts";
import { CommandError } from "../command_error.ts";
import { defineCommand } from "../define_command.ts";
import { EXIT } from "../exit_code.ts";
import { JSON_OPTION, KEY_OPTION, STORE_OPTIONS } from "../options.ts";
import { privateKeyFrom } from "../private_key_text.ts";
import { publicKeysFrom } from "../public_key_text.ts";
import { renewList } from "../renew_list.ts";
import { expiry } from "../spec_entry_options.ts";
import { openStore } from "../store.ts";
import { readStored } from "../stored_list.ts";

/** `machinist rollback`. */
export const rollback: Command = defineCommand({
  name: "rollback",
  summary: "Puts an older signed specification again, as a new revision",
  about:
    "A list that states a version gets a new one, above all others, and is signed anew: nodes refuse what goes back. " +
    "Keys and revocations stay those of the newest list.",
  args: [{ form: "<REVISION>", about: "as machinist history shows it" }],
  options: [
    {
      flags: "--sign-key <KEY>",
      about: "private key to sign a new version with, where the list states one",
      env: ["KEY"],
      many: true,
    },
    {
      flags: "--expires <WHEN>",
      about: "60d, a time, or never; as long as it was before when not given",
    },
    KEY_OPTION,
    ...STORE_OPTIONS,
    JSON_OPTION,
  ],
  examples: ["machinist rollback 41 --store nats://n1:4222 --sign-key publisher.key"],
  async action(input, io) {
    const revision = Number(input.arg(0));
    const bucket = input.text("bucket") ?? "";
    const key = input.text("key") ?? "";
    if (!Number.isSafeInteger(revision) || revision < 1) {
      throw new CommandError(`Cannot roll back to "${input.arg(0)}": it is not a revision`, {
        code: "usage",
        exit: EXIT.usage,
      });
    }
    const now = new DenoClock().now();
    const expires = expiry(input.text("expires"), now);
    const keys = await publicKeysFrom(input.list("public-key"), io);
    await using store = await openStore(input, io);
    const old = await store.bucket(bucket).get(key, { revision });
    const newest = await store.bucket(bucket).get(key);
    if (old.kind !== "value") {
      throw new CommandError(`Cannot roll back to revision "${revision}": it is not kept`, {
        code: old.kind === "absent" ? old.why : "no_key",
        exit: EXIT.failed,
        hint: "machinist history lists what is",
      });
    }
    const value = await renewList(old.value, {
      bucket: store.bucket(bucket),
      key,
      newest: newest.kind === "value" ? newest.value : undefined,
      keys,
      signers: () => Promise.all(input.list("sign-key").map((typed) => privateKeyFrom(typed, io))),
      expires,
      now,
    });
    const put = await store.bucket(bucket).put(key, value, {
      previousRevision: newest.revision ?? revision,
    });
    const { version = null } = readStored(value, []);
    const stated = version === null ? "" : `, now version ${version}`;
    io.write(
      input.flag("json")
        ? `${JSON.stringify({ bucket, key, revision: put, from: revision, version })}\n`
        : `${bucket}/${key} revision ${put}, the list of revision ${revision}${stated}\n`,
    );
    return EXIT.done;
  },
});
