import { match, strictEqual } from "node:assert/strict";
import { pack } from "../../src/spec/pack.ts";
import { witness } from "../faults/victim.ts";
import { bytes, key } from "../spec/fixture.ts";
import { makeCertificates } from "../support/certificates.ts";
import { type CliResult, runCli } from "../support/cli.ts";
import { startHttpServer } from "../support/http_server.ts";
import { temporaryDirectory } from "../support/temporary.ts";

/** Converges once from a fixed list with one machine from `source`. */
async function once(
  source: string,
  env: Readonly<Record<string, string>>,
): Promise<CliResult & { readonly code_: string }> {
  await using directory = await temporaryDirectory();
  const { checksum, verifyChecksum } = archive;
  const entry = { name: "web", source, checksum, verify_checksum: verifyChecksum, match: "" };
  const spec = `${directory.path}/spec.json`;
  Deno.writeTextFileSync(spec, pack(bytes(JSON.stringify([entry])), { keys: [key(1)] }));
  const result = await runCli([
    ...["run", `${directory.path}/machines`, "--once", "--json", "--timeout", "10s"],
    ...["--spec", spec, "--public-key", key(1).publicKey.hex, "--identity", "n1"],
  ], { env });
  const [web] = JSON.parse(result.stdout).machines;
  return { ...result, code_: web.code, stderr: `${web.reason}\n${result.stderr}` };
}

const archive = witness("1.0.0", "/dev/null");
const certificates = makeCertificates();
const others = makeCertificates();

Deno.test("runCli() refuses archives behind certificates that do not hold, and says why (#98)", async () => {
  await using server = startHttpServer({
    pages: { "/a.tgz": archive.bytes },
    tls: certificates.server,
  });
  await using directory = await temporaryDirectory();
  const file = (name: string, text: string) => {
    Deno.writeTextFileSync(`${directory.path}/${name}`, text);
    return `${directory.path}/${name}`;
  };
  const trusted = { DENO_CERT: file("ca.pem", certificates.ca) };
  const unknown = await once(`${server.url}/a.tgz`, {});
  strictEqual(unknown.code_, "tls", unknown.stderr);
  match(unknown.stderr, /certificate|UnknownIssuer/i);
  const other = await once(`${server.url}/a.tgz`, { DENO_CERT: file("other.pem", others.ca) });
  strictEqual(other.code_, "tls", other.stderr);
  const good = await once(`${server.url}/a.tgz`, trusted);
  strictEqual(good.code_, "ok", good.stderr);
  strictEqual(good.code, 0, good.stderr);
  // The certificate is for localhost and 127.0.0.1, and for no other name.
  const name = await once(`https://127.1.2.3:${server.port}/a.tgz`, trusted);
  strictEqual(["tls", "unreachable"].includes(name.code_), true, name.stderr);
  await using clear = startHttpServer({ pages: { "/a.tgz": archive.bytes } });
  const plain = await once(`${clear.url.replace("http:", "https:")}/a.tgz`, trusted);
  strictEqual(plain.code_, "tls", plain.stderr);
});
