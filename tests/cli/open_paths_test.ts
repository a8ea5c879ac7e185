import { deepStrictEqual } from "node:assert/strict";
import { openFiles, openParents } from "../../src/cli/open_paths.ts";
import { DenoFs } from "../../src/deno/fs.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const fs = new DenoFs();

Deno.test("openParents() names the directories above in which others may rename (M10)", async () => {
  await using directory = await temporaryDirectory();
  const open = (mode: number) => {
    Deno.chmodSync(`${directory.path}/a`, mode);
    return openParents(fs, `${directory.path}/a/b/machines`, undefined)
      .filter(({ path }) => path.startsWith(directory.path));
  };
  Deno.mkdirSync(`${directory.path}/a/b`, { recursive: true });
  deepStrictEqual(open(0o755), []);
  deepStrictEqual(open(0o1777), []);
  deepStrictEqual(open(0o777), [{ path: `${directory.path}/a`, why: "everybody may write it" }]);
});

Deno.test("openFiles() names files that others may write or own (M10)", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/config.yaml`;
  Deno.writeTextFileSync(path, "", { mode: 0o600 });
  const us = Deno.uid() ?? 0;
  const none = `${directory.path}/none`;
  deepStrictEqual(openFiles(fs, [path, none, directory.path], us), []);
  if (us !== 0) {
    deepStrictEqual(openFiles(fs, [path], us + 1), [
      { path, why: `it belongs to user ${us}` },
    ]);
  }
  Deno.chmodSync(path, 0o602);
  deepStrictEqual(openFiles(fs, [path], us), [{ path, why: "everybody may write it" }]);
});
