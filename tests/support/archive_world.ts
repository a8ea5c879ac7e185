import { ArchiveInstaller } from "../../src/archive/archive_installer.ts";
import { DenoFs } from "../../src/deno/fs.ts";
import type { Fs } from "../../src/ports/fs.ts";
import type { InstallReport, InstallRequest } from "../../src/ports/installer.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { MemoryLog } from "../../src/testing/memory_log.ts";
import { TestHttp } from "../../src/testing/test_http.ts";
import type { MachineArchive } from "./machine_archive.ts";
import { temporaryDirectory } from "./temporary.ts";

/** Options of {@linkcode archiveWorld}. */
export interface ArchiveWorldOptions {
  /** Wraps the file system that the installer sees. */
  readonly wrap?: (fs: Fs) => Fs;
}

/** An installer on a temporary directory, with servers that the test writes. */
export class ArchiveWorld implements AsyncDisposable {
  readonly #dispose: () => PromiseLike<void>;
  /** The real file system. */
  readonly fs = new DenoFs();
  /** Fake time. */
  readonly clock = new FakeClock({ now: Date.now() + 1000 });
  /** Everything logged. */
  readonly log = new MemoryLog();
  /** The servers. */
  readonly http = new TestHttp();
  /** Machines directory. */
  readonly target: string;
  /** The agent's state. */
  readonly state: string;

  constructor(path: string, dispose: () => PromiseLike<void>) {
    this.target = path;
    this.state = `${path}/.machinist`;
    this.#dispose = dispose;
  }

  /** An installer as a new process would make it, on `fs`. */
  installer(fs: Fs = this.fs): ArchiveInstaller {
    const { clock, log, http, state } = this;
    return new ArchiveInstaller({
      fs,
      clock,
      log,
      fetch: http.fetch,
      random: () => 0.5,
      stateDirectory: state,
    });
  }

  /** Serves an archive, and makes the request for it. */
  request(archive: MachineArchive, more: Partial<InstallRequest> = {}): InstallRequest {
    const url = `http://files.test/${archive.checksum}.tgz`;
    this.http.on(url, archive.bytes);
    return {
      sources: [url],
      checksum: archive.checksum,
      verify: "SHA256SUMS",
      verifyChecksum: archive.verifyChecksum,
      creates: archive.name,
      target: this.target,
      ...more,
    };
  }

  /** Installs with a new installer, and waits until that is durable. */
  async install(request: InstallRequest, fs: Fs = this.fs): Promise<InstallReport> {
    await using installer = this.installer(fs);
    return await installer.install(request, { signal: new AbortController().signal });
  }

  /** Every file below the target, with mode and content; without the agent's state. */
  tree(path = this.target, prefix = ""): Record<string, string> {
    const found: Record<string, string> = {};
    for (const entry of this.fs.readDir(path)) {
      if (prefix === "" && entry.name === ".machinist") continue;
      const name = prefix + entry.name;
      const info = this.fs.lstat(`${path}/${entry.name}`);
      const mode = (info?.mode ?? 0).toString(8);
      if (entry.kind === "directory") {
        found[`${name}/`] = mode;
        Object.assign(found, this.tree(`${path}/${entry.name}`, `${name}/`));
      } else if (entry.kind === "file") {
        found[name] = `${mode} ${Deno.readTextFileSync(`${path}/${entry.name}`)}`;
      } else found[name] = entry.kind;
    }
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#dispose();
  }
}

/** Makes a world; `await using world = await archiveWorld()`. */
export async function archiveWorld(): Promise<ArchiveWorld> {
  const directory = await temporaryDirectory();
  return new ArchiveWorld(directory.path, () => directory[Symbol.asyncDispose]());
}
