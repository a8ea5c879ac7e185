/** Memory of a process as Linux sees it, MiB. */
export interface Memory {
  /** What it holds now. */
  readonly rss: number;
  /** The most that it has held. */
  readonly peak: number;
  /** The part of now that is its own and not pages of files. */
  readonly anonymous: number;
}

/** Reads `/proc/<pid>/status`. */
export async function memoryOf(pid: number): Promise<Memory> {
  const text = await Deno.readTextFile(`/proc/${pid}/status`);
  const mebibytes = (field: string) => {
    const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(text);
    return Number(match?.[1] ?? NaN) / 1024;
  };
  return { rss: mebibytes("VmRSS"), peak: mebibytes("VmHWM"), anonymous: mebibytes("RssAnon") };
}

/** CPU that a process uses over `ms` milliseconds, percent of one core. */
export async function cpuPercentOf(pid: number, ms: number): Promise<number> {
  const before = await cpuMsOf(pid);
  const began = performance.now();
  await new Promise((resolve) => setTimeout(resolve, ms));
  return (100 * (await cpuMsOf(pid) - before)) / (performance.now() - began);
}

/** Milliseconds of CPU of all threads so far: nanoseconds of `schedstat`, as ticks are too coarse. */
export async function cpuMsOf(pid: number): Promise<number> {
  let all = 0;
  for await (const { name } of Deno.readDir(`/proc/${pid}/task`)) {
    try {
      const text = await Deno.readTextFile(`/proc/${pid}/task/${name}/schedstat`);
      all += Number(text.split(" ")[0]) / 1e6;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return all;
}
