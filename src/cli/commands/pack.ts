import { MAX_PAYLOAD_BYTES } from "../../spec/limits.ts";
import { pack as packPayload } from "../../spec/pack.ts";
import type { PrivateKey } from "../../spec/private_key.ts";
import type { Command } from "../command.ts";
import { defineCommand } from "../define_command.ts";
import { EXIT } from "../exit_code.ts";
import type { Input } from "../input.ts";
import { privateKeyFrom } from "../private_key_text.ts";
import { refuseFlaws } from "../lint_list.ts";
import { listPayload } from "../machines_list.ts";
import type { Terminal } from "../terminal.ts";

/** `machinist pack`. */
export const pack: Command = defineCommand({
  name: "pack",
  summary: "Packs a machines list and signs it",
  args: [
    { form: "<FILE>", about: "the list, JSON or YAML; - for standard input" },
    { form: "[KEY...]", about: "private keys: 128 hex digits or a file holding them; env KEY" },
  ],
  options: [
    { flags: "--force", about: "do not warn when there is no key" },
    { flags: "--no-lint", about: "pack also what nodes would refuse, as the reference does" },
  ],
  examples: [
    "machinist pack machines.yaml publisher.key > spec.json",
    "KEY=$(cat publisher.key) machinist pack machines.json > spec.json",
  ],
  async action(input, io) {
    const file = input.arg(0);
    const lint = !input.flag("no-lint");
    const payload = await listPayload(file, await io.readFile(file, MAX_PAYLOAD_BYTES), { lint });
    if (lint) await refuseFlaws(payload, { file, io });
    const keys = await keysOf(input, io);
    if (keys.length === 0 && !input.flag("force")) {
      io.note("No ed25519 private key given, the specification will not be signed\n");
    }
    io.write(`${packPayload(payload, { keys })}\n`);
    return EXIT.done;
  },
});

async function keysOf(input: Input, io: Terminal): Promise<readonly PrivateKey[]> {
  const typed = input.args.slice(1);
  const variable = io.env("KEY");
  const texts = typed.length > 0 || variable === undefined || variable === "" ? typed : [variable];
  return await Promise.all(texts.map((text) => privateKeyFrom(text, io)));
}
