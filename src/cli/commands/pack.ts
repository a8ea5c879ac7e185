import { DenoClock } from "../../deno/clock.ts";
import { readEnvelope } from "../../spec/envelope.ts";
import { MAX_ENVELOPE_BYTES, MAX_PAYLOAD_BYTES } from "../../spec/limits.ts";
import { lint } from "../../spec/lint.ts";
import { addSignatures, pack as packPayload } from "../../spec/pack.ts";
import type { PrivateKey } from "../../spec/private_key.ts";
import { writeSpecEntry } from "../../spec/spec_entry.ts";
import { findSigners } from "../../spec/verify.ts";
import type { Command } from "../command.ts";
import { CommandError } from "../command_error.ts";
import { defineCommand } from "../define_command.ts";
import { EXIT } from "../exit_code.ts";
import type { Input } from "../input.ts";
import { privateKeyFrom } from "../private_key_text.ts";
import { refuseFlaws } from "../lint_list.ts";
import { listPayload } from "../machines_list.ts";
import { KEY_OPTION, STORE_OPTIONS } from "../options.ts";
import { givenSpecFlags, readSpecChange, SPEC_ENTRY_OPTIONS } from "../spec_entry_options.ts";
import type { Terminal } from "../terminal.ts";

/** `machinist pack`. */
export const pack: Command = defineCommand({
  name: "pack",
  summary: "Packs a machines list and signs it",
  about:
    "A list without any of the flags from --spec-version to --crit is signed as it is, byte for byte; with one, " +
    'its "_spec" element is made or brought up to date.',
  args: [
    { form: "<FILE>", about: "the list, JSON or YAML; - for standard input" },
    { form: "[KEY...]", about: "private keys: 128 hex digits or a file holding them; env KEY" },
  ],
  options: [
    { flags: "--force", about: "do not warn when there is no key" },
    { flags: "--no-lint", about: "pack also what nodes would refuse, as the reference does" },
    { flags: "--sign", about: "FILE is packed already: add signatures, leave the list as it is" },
    ...SPEC_ENTRY_OPTIONS,
    { ...KEY_OPTION, about: "for next: public key that may have signed the edition before" },
    ...STORE_OPTIONS,
  ],
  examples: [
    "machinist pack machines.yaml publisher.key > spec.json",
    "KEY=$(cat publisher.key) machinist pack machines.json > spec.json",
    "machinist pack machines.json publisher.key --spec-version next --expires 60d > spec.json",
    "machinist pack --sign spec.json second.key > both.json",
  ],
  async action(input, io) {
    const now = new DenoClock().now();
    const file = input.arg(0);
    if (input.flag("sign")) return await sign(input, io, now);
    const lints = !input.flag("no-lint");
    const bytes = await io.readFile(file, MAX_PAYLOAD_BYTES);
    const given = await listPayload(file, bytes, { lint: lints });
    // Said before anything is asked of a store or of a key.
    if (lints && givenSpecFlags(input).length === 0) await refuseFlaws(given, { file, io, now });
    const keys = await keysOf(input, io);
    const { meta } = lint(given);
    const change = await readSpecChange(input, io, { now, signers: keys, version: meta?.version });
    const payload = change === undefined ? given : writeSpecEntry(given, change);
    if (lints && change !== undefined) await refuseFlaws(payload, { file, io, now });
    if (keys.length === 0 && !input.flag("force")) {
      io.note("No ed25519 private key given, the specification will not be signed\n");
    }
    write(packPayload(payload, { keys }), payload, io);
    return EXIT.done;
  },
});

/** Adds signatures to a packed file. */
async function sign(input: Input, io: Terminal, now: number): Promise<number> {
  const file = input.arg(0);
  const [flag] = givenSpecFlags(input);
  if (flag !== undefined) {
    throw new CommandError(`Cannot use --${flag} with --sign: a change would void what is signed`, {
      code: "usage",
      exit: EXIT.usage,
    });
  }
  const envelope = readEnvelope(await io.readFile(file, MAX_ENVELOPE_BYTES + 1));
  if (!input.flag("no-lint")) await refuseFlaws(envelope.payload, { file, io, now });
  const keys = await keysOf(input, io);
  if (keys.length === 0) {
    throw new CommandError(`Cannot sign file "${file}": no private key was given`, {
      code: "usage",
      exit: EXIT.usage,
      hint: `machinist pack --sign ${file} KEY`,
    });
  }
  write(addSignatures(envelope, keys), envelope.payload, io);
  return EXIT.done;
}

/** Prints a packed file, and says when nodes want more signatures for the keys that it names. */
function write(packed: string, payload: Uint8Array, io: Terminal): void {
  io.write(`${packed}\n`);
  const next = lint(payload).meta?.keys;
  if (next === undefined) return;
  const signed = findSigners(readEnvelope(new TextEncoder().encode(packed)), next.keys).length;
  if (signed >= next.threshold) return;
  io.note(
    `Signed by ${signed} of the ${next.threshold} that its keys need: ` +
      "machinist pack --sign adds a signature\n",
  );
}

async function keysOf(input: Input, io: Terminal): Promise<readonly PrivateKey[]> {
  const typed = input.args.slice(1);
  const variable = io.env("KEY");
  const texts = typed.length > 0 || variable === undefined || variable === "" ? typed : [variable];
  return await Promise.all(texts.map((text) => privateKeyFrom(text, io)));
}
