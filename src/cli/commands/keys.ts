import { generateKeyPair } from "../../spec/private_key.ts";
import { defineCommand } from "../define_command.ts";
import type { Command } from "../command.ts";
import { EXIT } from "../exit_code.ts";
import { JSON_OPTION } from "../options.ts";

/** `machinist keys`. */
export const keys: Command = defineCommand({
  name: "keys",
  summary: "Makes an Ed25519 key pair",
  args: [],
  options: [
    {
      flags: "--output <FILE>",
      about:
        "write the private key to a new file that only its owner may read, and do not print it",
    },
    JSON_OPTION,
  ],
  examples: ["machinist keys --output publisher.key"],
  action(input, io) {
    const { publicKey, privateKey } = generateKeyPair();
    const output = input.text("output");
    if (output !== undefined) {
      using file = io.fs.create(output, 0o600);
      file.write(new TextEncoder().encode(`${privateKey}\n`));
      file.sync();
    }
    const shown = output === undefined ? privateKey : undefined;
    if (input.flag("json")) {
      io.write(`${JSON.stringify({ public_key: publicKey, private_key: shown, file: output })}\n`);
    } else {
      io.write(` Public Key: ${publicKey}\n`);
      if (shown !== undefined) io.write(`Private Key: ${shown}\n`);
    }
    return Promise.resolve(EXIT.done);
  },
});
