import { ArchiveInstaller } from "../../archive/archive_installer.ts";
import { denoPorts } from "../../deno/ports.ts";
import type { CheckReport } from "../../ports/installer.ts";
import { type ManagedRecord, ManagedRecords } from "../../sets/managed_records.ts";
import { absolutePath } from "../absolute_path.ts";
import type { Command } from "../command.ts";
import { CommandError } from "../command_error.ts";
import { defineCommand } from "../define_command.ts";
import { EXIT } from "../exit_code.ts";
import { JSON_OPTION } from "../options.ts";

/** `machinist verify-install`. */
export const verifyInstall: Command = defineCommand({
  name: "verify-install",
  summary: "Verifies every installed machine against its signed sums, now and whole",
  args: [{ form: "[DIR]", about: "the machines directory (default ./machines)" }],
  options: [
    { flags: "--state <DIR>", about: "the agent's own files, DIR/.machinist when not given" },
    JSON_OPTION,
  ],
  examples: ["machinist verify-install /srv/machines"],
  async action(input, io) {
    const machines = absolutePath(input.args[0] ?? "machines", io.cwd);
    const state = input.text("state");
    const stateDirectory = state === undefined
      ? `${machines}/.machinist`
      : absolutePath(state, io.cwd);
    const records = ManagedRecords.load(io.fs, stateDirectory);
    if (records.fault !== undefined) {
      throw new CommandError(`Cannot verify "${machines}": the records are ${records.fault}`, {
        code: "records",
        exit: EXIT.failed,
      });
    }
    const ports = denoPorts({ node: { identity: "unknown" }, log: { write: () => {} } });
    await using installer = new ArchiveInstaller({ ...ports, stateDirectory });
    const found: (CheckReport & { readonly name: string })[] = [];
    for (const [name, record] of records.all) {
      const report = await checkNewest(installer, { name, machines, record });
      found.push({ name, ...report });
    }
    const ok = found.every(({ result }) => result === "verified");
    if (input.flag("json")) {
      io.write(`${JSON.stringify({ ok, machines: found })}\n`);
      return ok ? EXIT.done : EXIT.failed;
    }
    for (const { name, result, files, differences } of found) {
      io.write(`${name}: ${result}${result === "verified" ? ` ${files} files` : ""}\n`);
      for (const { kind, path } of differences) io.write(`  ${kind} ${path}\n`);
    }
    if (found.length === 0) io.note("no machine is managed here\n");
    return ok ? EXIT.done : EXIT.failed;
  },
});

/** An older signed tree stands until the newest is installed: that is as it should be. */
async function checkNewest(
  installer: ArchiveInstaller,
  { name, machines, record }: {
    readonly name: string;
    readonly machines: string;
    readonly record: ManagedRecord;
  },
): Promise<CheckReport> {
  let newest: CheckReport | undefined;
  for (const { verifyChecksum, allowUnlisted } of [record, ...record.previous]) {
    const request = { target: machines, creates: name, verify: "SHA256SUMS", verifyChecksum };
    const report = await installer.check({ ...request, allowUnlisted }, { depth: "full" });
    if (report.result !== "different") return report;
    newest ??= report;
  }
  return newest ?? { result: "absent", differences: [], files: 0, hashed: 0 };
}
