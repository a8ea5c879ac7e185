import { DenoClock } from "../../deno/clock.ts";
import { type Envelope, readEnvelope } from "../../spec/envelope.ts";
import { MAX_ENVELOPE_BYTES } from "../../spec/limits.ts";
import { lint } from "../../spec/lint.ts";
import type { PublicKey } from "../../spec/public_key.ts";
import { verify as verifyEnvelope } from "../../spec/verify.ts";
import type { Command } from "../command.ts";
import { CommandError } from "../command_error.ts";
import { defineCommand } from "../define_command.ts";
import { EXIT } from "../exit_code.ts";
import { publicKeyFrom, splitKeys } from "../public_key_text.ts";
import { JSON_OPTION } from "../options.ts";
import { type SpecDocument, specDocument, specLines } from "../spec_text.ts";

/** `machinist verify`. */
export const verify: Command = defineCommand({
  name: "verify",
  summary: "Checks the signature of a packed file",
  args: [
    { form: "<FILE>", about: "the packed file, - for standard input" },
    { form: "[KEY...]", about: "public keys: 64 hex digits, or a file holding them" },
  ],
  options: [
    {
      flags: "--public-key <KEY>",
      about: "the same as KEY",
      many: true,
      env: ["MACHINIST_PUBLIC_KEY"],
    },
    { flags: "--threshold <N>", about: "how many of the keys must have signed", fallback: "1" },
    { flags: "--show", about: "print what the list says about itself, and the list" },
    JSON_OPTION,
  ],
  examples: ["machinist verify spec.json publisher.pub"],
  async action(input, io) {
    const [file = "-", ...typed] = input.args;
    const texts = splitKeys(typed.length > 0 ? typed : input.list("public-key"));
    if (texts.length === 0) {
      throw new CommandError(`Cannot verify file "${file}": no public key was given`, {
        code: "usage",
        exit: EXIT.usage,
        hint: `machinist verify ${file} KEY`,
      });
    }
    const keys = await Promise.all(texts.map((text) => publicKeyFrom(text, io)));
    const envelope = readEnvelope(await io.readFile(file, MAX_ENVELOPE_BYTES + 1));
    const { signers, why } = check(envelope, keys, input.number("threshold") ?? 1);
    const payload = new TextDecoder().decode(envelope.payload);
    const spec = input.flag("show") ? describe(envelope) : undefined;
    if (input.flag("json")) {
      io.write(`${
        JSON.stringify({
          file,
          verified: signers !== undefined,
          signers: (signers ?? []).map(({ hex }) => hex),
          code: why?.code,
          reason: why?.message,
          spec,
          machines: input.flag("show") ? parsed(payload) : undefined,
        })
      }\n`);
    } else if (signers === undefined) {
      const names = keys.map(({ hex }) => hex).join(", ");
      // The reference ends this one without a newline, and scripts compare; people get one.
      io.write(
        `Data ${file} does not have a valid signature for key ${names}${io.screen ? "\n" : ""}`,
      );
      if (why?.hint !== undefined) io.note(`hint: ${why.hint}\n`);
    } else {
      for (const { hex } of signers) io.write(`Data file ${file} is signed using ${hex}\n`);
      if (spec !== undefined && spec !== null) {
        if (spec.version !== null) io.write(`version:  ${spec.version}\n`);
        for (const line of specLines(spec)) io.write(`${line}\n`);
        io.write("\n");
      }
      if (input.flag("show")) io.write(payload.endsWith("\n") ? payload : `${payload}\n`);
    }
    return signers === undefined ? EXIT.failed : EXIT.done;
  },
});

function describe(envelope: Envelope): SpecDocument | null {
  return specDocument(lint(envelope.payload).meta, { envelope, now: new DenoClock().now() });
}

interface Why {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
}

function check(
  envelope: Envelope,
  keys: readonly PublicKey[],
  threshold: number,
): { readonly signers?: readonly PublicKey[]; readonly why?: Why } {
  try {
    return { signers: verifyEnvelope(envelope, { keys, threshold }).signers };
  } catch (error) {
    const why = error as Why;
    if (!["sig_missing", "sig_invalid", "threshold"].includes(why.code)) throw error;
    return { why };
  }
}

function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return payload;
  }
}
