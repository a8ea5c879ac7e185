import { match, ok, strictEqual } from "node:assert/strict";

/** What the story must tell, in this order. */
const STORY = [
  /public key [0-9a-f]{64}/,
  /built facts-1\.0\.0\.tgz/,
  /signed and pushed the list \[facts, beacon\] as revision 1/,
  /Deployed {2}machine=(facts|beacon)/,
  /The machine has another state {2}machine=\w+ {2}event=\w+/,
  /code=tampered/,
  /Repaired {2}machine=facts {2}reason=repaired "facts": changed "gather\.sh"/,
  /signed and pushed the list \[facts\] as revision 2/,
  /Purged {2}machine=beacon/,
  /beacon: gone/,
  /facts: installed, in state/,
  /Done in \d+\.\d s/,
];

Deno.test("the quickstart shows the main job and ends by itself in under 30 s", async () => {
  const started = performance.now();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "-q", "quickstart"],
    cwd: new URL("../..", import.meta.url).pathname,
    stdin: "null",
  }).output();
  const told = new TextDecoder().decode(stdout);
  strictEqual(code, 0, new TextDecoder().decode(stderr));
  ok(performance.now() - started < 30_000);
  let rest = told;
  for (const sentence of STORY) {
    match(rest, sentence);
    rest = rest.slice(rest.search(sentence));
  }
});
