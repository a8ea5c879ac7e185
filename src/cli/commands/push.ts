import { DenoClock } from "../../deno/clock.ts";
import { type Envelope, readEnvelope } from "../../spec/envelope.ts";
import { MAX_ENVELOPE_BYTES } from "../../spec/limits.ts";
import { verify } from "../../spec/verify.ts";
import type { Command } from "../command.ts";
import { CommandError } from "../command_error.ts";
import { defineCommand } from "../define_command.ts";
import { EXIT } from "../exit_code.ts";
import { JSON_OPTION, KEY_OPTION, STORE_OPTIONS } from "../options.ts";
import { type PlanFile, readPlanFile } from "../plan_file.ts";
import { publicKeysFrom } from "../public_key_text.ts";
import { refuseStale } from "../refuse_stale.ts";
import { openStore } from "../store.ts";

/** A plan carries a whole packed file as text, with what goes around it. */
const MAX_FILE_BYTES = 2 * MAX_ENVELOPE_BYTES;

/** `machinist push`. */
export const push: Command = defineCommand({
  name: "push",
  summary: "Puts a packed file, or a kept plan, into the store",
  about:
    "With a public key it refuses what nodes would refuse that run what the store holds now: another signer, " +
    "an older version, the same version with other content.",
  args: [{ form: "<FILE>", about: "what pack printed, or a plan; - for standard input" }],
  options: [
    { flags: "--create", about: "create the bucket when it does not exist" },
    { flags: "--force", about: "put it even if it is no packed file, or an older one" },
    KEY_OPTION,
    ...STORE_OPTIONS,
    JSON_OPTION,
  ],
  examples: ["machinist push spec.json --store nats://n1:4222 --public-key publisher.pub"],
  async action(input, io) {
    const file = input.arg(0);
    const bytes = await io.readFile(file, MAX_FILE_BYTES);
    const plan: PlanFile | undefined = readPlanFile(bytes);
    const value = plan === undefined ? bytes : plan.envelope;
    const keys = await publicKeysFrom(input.list("public-key"), io);
    const force = input.flag("force");
    let envelope: Envelope | undefined;
    if (!force || keys.length > 0) {
      envelope = readEnvelope(value);
      if (keys.length > 0) verify(envelope, { keys });
    }
    await using store = await openStore(input, io);
    const bucket = plan?.bucket ?? input.text("bucket") ?? "";
    const key = plan?.key ?? input.text("key") ?? "";
    if (input.flag("create")) await store.createBucket(bucket);
    let revision: number;
    try {
      const checked = force || envelope === undefined || keys.length === 0
        ? undefined
        : await refuseStale(envelope, {
          bucket: store.bucket(bucket),
          key,
          keys,
          now: new DenoClock().now(),
        });
      const previousRevision = plan?.revision ?? checked;
      revision = await store.bucket(bucket)
        .put(key, value, previousRevision === undefined ? {} : { previousRevision });
    } catch (error) {
      throw explain(error, { bucket, key, plan });
    }
    io.write(
      input.flag("json")
        ? `${JSON.stringify({ bucket, key, revision })}\n`
        : `${bucket}/${key} revision ${revision}\n`,
    );
    return EXIT.done;
  },
});

function explain(
  error: unknown,
  { bucket, key, plan }: {
    readonly bucket: string;
    readonly key: string;
    readonly plan: PlanFile | undefined;
  },
): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "no_bucket") {
    return new CommandError(`Cannot put "${bucket}/${key}": the bucket does not exist`, {
      code: "no_bucket",
      exit: EXIT.failed,
      hint: "--create makes it, as machinist bucket does",
      cause: error,
    });
  }
  if (code === "conflict") {
    const since = plan === undefined ? "in between" : "since the plan was made";
    return new CommandError(`Cannot put "${bucket}/${key}": somebody has published ${since}`, {
      code: "conflict",
      exit: EXIT.conflict,
      hint: plan === undefined ? "machinist get shows what" : "machinist plan makes a new one",
      cause: error,
    });
  }
  return error;
}
