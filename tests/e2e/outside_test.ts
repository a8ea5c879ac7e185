import { match, ok, strictEqual } from "node:assert/strict";
import { type TemporaryDirectory, temporaryDirectory } from "../support/temporary.ts";

const CHECKOUT = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

const PROGRAM = `
import {
  fields,
  generateKeyPair,
  pack,
  PrivateKey,
  PublicKey,
  readEnvelope,
  readProperties,
  verify,
} from "@machinist/machinist";
import { FakeClock } from "@machinist/machinist/testing";

const pair = generateKeyPair();
const packed = pack(new TextEncoder().encode("[]"), { keys: [PrivateKey.parse(pair.privateKey)] });
const { signers } = verify(readEnvelope(new TextEncoder().encode(packed)), {
  keys: [PublicKey.parse(pair.publicKey)],
});
const read = readProperties({ wait: "2s" }, { wait: fields.duration().default(1_000) });
const wait: number = read.wait;
console.log(signers[0]?.hex === pair.publicKey, wait, new FakeClock({ now: 7 }).now());
`;

/** A directory of somebody who has a checkout elsewhere, with the program in it. */
async function project(): Promise<TemporaryDirectory> {
  const directory = await temporaryDirectory();
  Deno.writeTextFileSync(`${directory.path}/program.ts`, PROGRAM);
  return directory;
}

async function deno(cwd: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  strictEqual(code, 0, err);
  return out ?? "";
}

Deno.test("mod.ts is imported by its name from a project that links a checkout, as the README says", async () => {
  const readme = Deno.readTextFileSync(`${CHECKOUT}/README.md`);
  const [, config] = /```json\n(\{ "links": .*\})\n```/.exec(readme) ?? [];
  match(config ?? "", /"\/path\/to\/machinist"/);
  await using directory = await project();
  const text = config?.replace("/path/to/machinist", CHECKOUT) ?? "";
  Deno.writeTextFileSync(`${directory.path}/deno.json`, text);
  await deno(directory.path, "check", "-q", "program.ts");
  strictEqual(
    await deno(directory.path, "run", "--no-prompt", "-q", "program.ts"),
    "true 2000 7\n",
  );
});

Deno.test("mod.ts is imported by its name from a single script with the checkout's configuration", async () => {
  const readme = Deno.readTextFileSync(`${CHECKOUT}/README.md`);
  ok(readme.includes("deno run --config /path/to/machinist/deno.json script.ts"));
  await using directory = await project();
  const config = `${CHECKOUT}/deno.json`;
  const out = await deno(
    directory.path,
    "run",
    "--no-prompt",
    "-q",
    "--config",
    config,
    "program.ts",
  );
  strictEqual(out, "true 2000 7\n");
});
