import { deepStrictEqual } from "node:assert/strict";
import { startHttpServer } from "../support/http_server.ts";
import { machineArchive, SMALL_MACHINE } from "../support/machine_archive.ts";
import { temporaryDirectory } from "../support/temporary.ts";

Deno.test("WorkerInstaller works in a worker with nothing but its directory and its server granted", async () => {
  await using directory = await temporaryDirectory();
  const noise = new Uint8Array(3 << 20);
  for (let at = 0; at < noise.length; at += 65_536) {
    crypto.getRandomValues(noise.subarray(at, at + 65_536));
  }
  const files: Record<string, string | Uint8Array> = { ...SMALL_MACHINE, noise };
  for (let i = 0; i < 300; i++) files[`d/f${i}`] = `${i}`;
  const archive = machineArchive({ files });
  await using server = startHttpServer({ pages: { "/m.tgz": archive.bytes } });
  const request = {
    sources: [`${server.url}/m.tgz`],
    checksum: archive.checksum,
    verify: "SHA256SUMS",
    verifyChecksum: archive.verifyChecksum,
    creates: "m",
    target: directory.path,
  };
  const main = new URL("../support/install_main.ts", import.meta.url).pathname;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      `--allow-read=${directory.path}`,
      `--allow-write=${directory.path}`,
      `--allow-net=127.0.0.1:${server.port}`,
      main,
      JSON.stringify(request),
    ],
  }).output();
  const text = new TextDecoder();
  deepStrictEqual(JSON.parse(text.decode(stdout) || JSON.stringify(text.decode(stderr))), {
    result: "installed",
    checksum: archive.checksum,
    downloaded: archive.bytes.length,
    check: "verified",
  });
});
