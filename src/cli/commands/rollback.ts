import { encodeEnvelope, readEnvelope } from "../../spec/envelope.ts";
import { verify } from "../../spec/verify.ts";
import type { Command } from "../command.ts";
import { CommandError } from "../command_error.ts";
import { defineCommand } from "../define_command.ts";
import { EXIT } from "../exit_code.ts";
import type { Input } from "../input.ts";
import { JSON_OPTION, KEY_OPTION, STORE_OPTIONS } from "../options.ts";
import { publicKeysFrom } from "../public_key_text.ts";
import { openStore } from "../store.ts";
import { readStored } from "../stored_list.ts";
import type { Terminal } from "../terminal.ts";

/** `machinist rollback`. */
export const rollback: Command = defineCommand({
  name: "rollback",
  summary: "Puts an older signed specification again, as a new revision",
  args: [{ form: "<REVISION>", about: "as machinist history shows it" }],
  options: [
    {
      flags: "--sign-key <KEY>",
      about: "private key to sign a new version with, where the list states one",
      env: ["KEY"],
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
    const current = newest.kind === "value" ? readStored(newest.value, []).version : undefined;
    const value = await renewed(old.value, { input, io, current });
    const put = await store.bucket(bucket).put(key, value, {
      previousRevision: newest.kind === "value" ? newest.revision : revision,
    });
    const { version = null } = readStored(value, []);
    io.write(
      input.flag("json")
        ? `${JSON.stringify({ bucket, key, revision: put, from: revision, version })}\n`
        : `${bucket}/${key} revision ${put}, the list of revision ${revision}\n`,
    );
    return EXIT.done;
  },
});

/**
 * The old list as it is to be stored: as it was, or with a version above the newest and a new signature where it
 * states one, because nodes refuse a version that goes back.
 */
async function renewed(
  value: Uint8Array,
  { input, io, current }: {
    readonly input: Input;
    readonly io: Terminal;
    readonly current: number | undefined;
  },
): Promise<Uint8Array> {
  const envelope = readEnvelope(value);
  const keys = await publicKeysFrom(input.list("public-key"), io);
  if (envelope.signature === undefined && envelope.signatures.length === 0) {
    throw new CommandError("Cannot roll back to this list: it is not signed", {
      code: "sig_missing",
      exit: EXIT.failed,
    });
  }
  if (keys.length > 0) verify(envelope, { keys });
  const { version } = readStored(value, []);
  if (version === undefined && current === undefined) return value;
  const typed = input.text("sign-key");
  if (typed === undefined) {
    throw new CommandError("Cannot roll back to this list: its version is older than the newest", {
      code: "rollback",
      exit: EXIT.failed,
      hint: "--sign-key KEY signs it again with a new version",
    });
  }
  const { privateKeyFrom } = await import("../private_key_text.ts");
  const { signPayload } = await import("../../spec/private_key.ts");
  const payload = withVersion(envelope.payload, Math.max(current ?? 0, version ?? 0) + 1);
  const signature = signPayload(payload, await privateKeyFrom(typed, io));
  return new TextEncoder().encode(`${encodeEnvelope({ payload, signature })}\n`);
}

/** The same list with another version in its first element, which is made where it is missing. */
function withVersion(payload: Uint8Array, version: number): Uint8Array {
  const list: unknown = JSON.parse(new TextDecoder().decode(payload));
  if (!Array.isArray(list)) throw new TypeError("Cannot roll back to this list: it is no list");
  const [first, ...others] = list;
  const has = typeof first === "object" && first !== null && first.name === "_spec";
  const meta = has ? { ...first, spec: { ...first.spec, version } } : {
    name: "_spec",
    source: "urn:x-spec",
    checksum: "0".repeat(64),
    verify_checksum: "0".repeat(64),
    match: "false",
    spec: { format: 1, version },
  };
  const machines = has ? others : list;
  return new TextEncoder().encode(`${JSON.stringify([meta, ...machines], null, 2)}\n`);
}
