/** Where Linux has files in memory. */
const MEMORY = "/dev/shm";

/**
 * Runs `act` with a directory in memory that is removed afterwards; where there is none, with one on the disk. What the
 * journal of a disk costs is the same for us and for the peer, and changes by the minute.
 */
export async function inMemory<T>(act: (directory: string) => Promise<T>): Promise<T> {
  const parent = await isDirectory(MEMORY) ? { dir: MEMORY } : {};
  const directory = await Deno.realPath(
    await Deno.makeTempDir({ ...parent, prefix: "machinist-bench-" }),
  );
  try {
    return await act(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
