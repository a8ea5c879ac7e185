import { ArchiveInstaller } from "../../archive/archive_installer.ts";
import { InstalledRecords } from "../../archive/installed.ts";
import { type Generation, Trash } from "../../archive/trash.ts";
import { denoPorts } from "../../deno/ports.ts";
import { baseName, parentPath } from "../../util/join_path.ts";
import { absolutePath } from "../absolute_path.ts";
import type { Command } from "../command.ts";
import { CommandError } from "../command_error.ts";
import { defineCommand } from "../define_command.ts";
import { EXIT } from "../exit_code.ts";
import { DIRECTORY_OPTIONS, JSON_OPTION } from "../options.ts";

/** `machinist restore`. */
export const restore: Command = defineCommand({
  name: "restore",
  summary: "Puts a machine back that was purged or replaced, as it was signed",
  args: [{ form: "<NAME>", about: "the machine" }],
  options: [
    { flags: "--list", about: "only list what could be put back" },
    ...DIRECTORY_OPTIONS,
    JSON_OPTION,
  ],
  examples: ["machinist restore facts --machines /srv/machines"],
  async action(input, io) {
    const name = input.arg(0);
    const machines = absolutePath(input.text("machines") ?? "", io.cwd);
    const state = input.text("state");
    const stateDirectory = state === undefined
      ? `${machines}/.machinist`
      : absolutePath(state, io.cwd);
    const ports = denoPorts({ node: { identity: "unknown" }, log: { write: () => {} } });
    const trash = new Trash(io.fs, { target: machines, now: () => ports.clock.now() });
    const kept = trash.list(name);
    if (input.flag("list")) {
      const rows = kept.map(({ at, record }) => ({
        time: new Date(at).toISOString(),
        checksum: record?.checksum ?? null,
      }));
      if (input.flag("json")) io.write(`${JSON.stringify({ name, kept: rows })}\n`);
      else for (const { time, checksum } of rows) io.write(`${time}  ${checksum ?? "unknown"}\n`);
      return EXIT.done;
    }
    const refuse = (why: string, code: string) =>
      new CommandError(`Cannot restore "${name}": ${why}`, { code, exit: EXIT.failed });
    const [newest] = kept;
    if (newest === undefined) throw refuse("nothing of it is kept", "not_found");
    if (io.fs.lstat(`${machines}/${name}`) !== undefined) {
      throw refuse("something stands in its place", "exists");
    }
    await using installer = new ArchiveInstaller({ ...ports, stateDirectory });
    if (!await isWhole(newest, installer)) {
      throw refuse("what is kept is not what was signed", "tampered");
    }
    trash.take(newest, `${machines}/${name}`);
    if (newest.record !== undefined) {
      new InstalledRecords(io.fs, stateDirectory).write(name, newest.record);
    }
    io.write(
      input.flag("json")
        ? `${JSON.stringify({ name, checksum: newest.record?.checksum ?? null })}\n`
        : `${name}: restored, as it was at ${new Date(newest.at).toISOString()}\n`,
    );
    return EXIT.done;
  },
});

async function isWhole(
  { tree, record }: Generation,
  installer: ArchiveInstaller,
): Promise<boolean> {
  if (record === undefined) return false;
  const { verify, verifyChecksum } = record;
  const report = await installer.check(
    { target: parentPath(tree), creates: baseName(tree), verify, verifyChecksum },
    { depth: "full" },
  );
  return report.result === "verified";
}
