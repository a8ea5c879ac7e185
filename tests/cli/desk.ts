import { main } from "../../src/cli/main.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/temporary.ts";
import { FakeTerminal, type FakeTerminalOptions } from "./fake_terminal.ts";
import { SEED } from "./seed.ts";

/** Runs commands in a directory with a store of its own. */
export class Desk implements AsyncDisposable {
  readonly #directory: TemporaryDirectory;

  private constructor(directory: TemporaryDirectory) {
    this.#directory = directory;
  }

  static async open(): Promise<Desk> {
    return new Desk(await temporaryDirectory());
  }

  get path(): string {
    return this.#directory.path;
  }

  /** Runs a command: exit code, standard output, standard error. */
  async run(
    line: readonly string[],
    input = "",
    env: FakeTerminalOptions["env"] = {},
  ): Promise<[number, string, string]> {
    const io = new FakeTerminal({ cwd: this.path, input, env });
    const code = await main(line, io);
    return [code, io.stdout, io.stderr];
  }

  /** Runs a command that must succeed: its standard output. */
  async ok(line: readonly string[], input = ""): Promise<string> {
    const [code, stdout, stderr] = await this.run(line, input);
    if (code !== 0) throw new Error(`Cannot run "${line.join(" ")}": ${stdout}${stderr}`);
    return stdout;
  }

  /** Packs and pushes a list; its revision. */
  async publish(list: unknown, ...more: readonly string[]): Promise<[number, string, string]> {
    const packed = await this.ok(["pack", "-", SEED.privateKey], JSON.stringify(list));
    return await this.run(["push", "-", ...more], packed);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#directory[Symbol.asyncDispose]();
  }
}

/** A valid entry with a password in its source. */
export function entry(name: string, checksum = "a") {
  return {
    name,
    source: `https://user:secret@h/${name}-1.0.0.tgz`,
    checksum: checksum.repeat(64),
    verify_checksum: "b".repeat(64),
  };
}
