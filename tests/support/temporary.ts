/** A directory of a test's own, gone when the test is. */
export interface TemporaryDirectory extends AsyncDisposable {
  /** Absolute path, without links in it. */
  readonly path: string;
}

/** Makes a temporary directory; `await using directory = await temporaryDirectory()`. */
export async function temporaryDirectory(prefix = "machinist-test-"): Promise<TemporaryDirectory> {
  const path = await Deno.realPath(await Deno.makeTempDir({ prefix }));
  return {
    path,
    async [Symbol.asyncDispose]() {
      await removeTree(path);
    },
  };
}

/** Removes a tree; quiet when it is gone already; also when a test took rights from its directories. */
export async function removeTree(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    openUp(path);
    await Deno.remove(path, { recursive: true });
  }
}

function openUp(path: string): void {
  const info = Deno.lstatSync(path);
  if (!info.isDirectory) return;
  Deno.chmodSync(path, 0o700);
  for (const entry of Deno.readDirSync(path)) openUp(`${path}/${entry.name}`);
}
