import { DenoClock } from "../../deno/clock.ts";
import type { Command } from "../command.ts";
import { CommandError } from "../command_error.ts";
import { defineCommand } from "../define_command.ts";
import { EXIT } from "../exit_code.ts";
import { JSON_OPTION, KEY_OPTION, STORE_OPTIONS } from "../options.ts";
import { publicKeysFrom } from "../public_key_text.ts";
import { type SpecDocument, specDocument, specLines } from "../spec_text.ts";
import { openStore } from "../store.ts";
import { readStored, type StoredList } from "../stored_list.ts";
import { table } from "../table.ts";
import type { Terminal } from "../terminal.ts";

/** `machinist get`. */
export const get: Command = defineCommand({
  name: "get",
  summary: "Reads the specification that the store holds",
  args: [],
  options: [
    { flags: "--raw", about: "print the exact bytes that are stored" },
    { flags: "--revision <N>", about: "an older revision" },
    KEY_OPTION,
    ...STORE_OPTIONS,
    JSON_OPTION,
  ],
  examples: [
    "machinist get --store nats://n1:4222 --public-key publisher.pub",
    "machinist get --raw > spec.json",
  ],
  async action(input, io) {
    const keys = await publicKeysFrom(input.list("public-key"), io);
    await using store = await openStore(input, io);
    const bucket = input.text("bucket") ?? "";
    const key = input.text("key") ?? "";
    const revision = input.number("revision");
    const found = await store.bucket(bucket).get(key, revision === undefined ? {} : { revision });
    if (found.kind !== "value") {
      const why = found.kind === "absent" ? found.why : "unchanged";
      throw new CommandError(`Cannot get "${bucket}/${key}": ${WHY[why]}`, {
        code: why,
        exit: EXIT.failed,
        hint: why === "no_bucket" ? "machinist bucket makes it" : undefined,
      });
    }
    if (input.flag("raw")) {
      io.write(new TextDecoder().decode(found.value));
      return EXIT.done;
    }
    const list = readStored(found.value, keys);
    const spec = list.envelope === undefined
      ? null
      : specDocument(list.meta, { envelope: list.envelope, now: new DenoClock().now() });
    const head = {
      bucket,
      key,
      revision: found.revision,
      time: new Date(found.time).toISOString(),
    };
    if (input.flag("json")) io.write(`${JSON.stringify({ ...head, ...document(list, spec) })}\n`);
    else await print(head, list, { spec, io });
    return list.fault === undefined ? EXIT.done : EXIT.failed;
  },
});

const WHY = {
  no_bucket: "the bucket does not exist",
  no_key: "the key does not exist",
  deleted: "it was deleted",
  unchanged: "nothing newer is there",
} as const;

interface Head {
  readonly bucket: string;
  readonly key: string;
  readonly revision: number;
  readonly time: string;
}

function document(
  { verified, signers, version, machines, fault }: StoredList,
  spec: SpecDocument | null,
) {
  return {
    verified,
    verified_by: signers.map(({ hex }) => hex),
    version: version ?? null,
    spec,
    code: fault?.code ?? null,
    reason: fault?.message ?? null,
    machines: machines.map(({ name, source, checksum, verifyChecksum, match }) => ({
      name,
      source: withoutSecrets(source),
      checksum,
      verify_checksum: verifyChecksum,
      match,
    })),
  };
}

async function print(
  { bucket, key, revision, time }: Head,
  { verified, signers, version, machines, fault }: StoredList,
  { spec, io }: { readonly spec: SpecDocument | null; readonly io: Terminal },
): Promise<void> {
  io.write(`${bucket}/${key} revision ${revision} of ${time}\n`);
  io.write(`version:  ${version ?? "none stated"}\n`);
  io.write(
    `verified: ${
      verified === null
        ? "not asked, no public key was given"
        : verified
        ? `by ${signers.map(({ hex }) => hex).join(", ")}`
        : "NO"
    }\n`,
  );
  for (const line of specLines(spec)) io.write(`${line}\n`);
  if (fault !== undefined) io.write(`refused:  ${fault.message} [${fault.code}]\n`);
  if (machines.length === 0) return;
  io.write("\n");
  io.write(
    await table(
      ["NAME", "CHECKSUM", "MATCH", "SOURCE"],
      machines.map(({ name, checksum, match, source }) => [
        name,
        checksum.slice(0, 12),
        match === "" ? "-" : match,
        withoutSecrets(source),
      ]),
    ),
  );
}

/** Passwords stand before the host, tokens behind the path. */
function withoutSecrets(source: string): string {
  return source.replace(/\/\/[^/?#]*@/, "//***@").replace(/[?#].*$/s, "?***");
}
