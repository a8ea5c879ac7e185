import { neededPermissions } from "../../agent/permissions.ts";
import { DenoClock } from "../../deno/clock.ts";
import { ownUser } from "../../deno/node.ts";
import { missingPermissions } from "../../deno/permissions.ts";
import type { Command } from "../command.ts";
import { CommandError } from "../command_error.ts";
import { defineCommand } from "../define_command.ts";
import { EXIT, type ExitCode } from "../exit_code.ts";
import { describeFailure } from "../failure.ts";
import { nodeReach } from "../node_reach.ts";
import { type NodeSettings, readNodeSettings } from "../node_settings.ts";
import { openParents } from "../open_paths.ts";
import { JSON_OPTION, RUN_OPTIONS } from "../options.ts";
import { openStore } from "../store.ts";
import { readStored } from "../stored_list.ts";
import { otherWriter } from "../../util/other_writer.ts";
import type { Terminal } from "../terminal.ts";

/** What one check found. */
interface Finding {
  readonly check: string;
  readonly result: "ok" | "warn" | "fail";
  readonly what: string;
  readonly fix?: string | undefined;
  readonly exit?: ExitCode;
}

/** Milliseconds by which clocks may differ. */
const CLOCK_MS = 60_000;

/** `machinist doctor`. */
export const doctor: Command = defineCommand({
  name: "doctor",
  summary: "Checks what a node with these options needs, with the fix for each fault",
  args: [{ form: "[DIR]", about: "the machines directory (default ./machines)" }],
  options: [...RUN_OPTIONS, JSON_OPTION],
  examples: ["machinist doctor /srv/machines --store nats://n1:4222 --public-key publisher.pub"],
  async action(typed, io) {
    const settings = await readNodeSettings(typed, io, { start: false });
    const findings: Finding[] = [
      ...await checkPermissions(settings, io),
      ...checkWidth(),
      ...checkDirectories(settings, io),
      ...await checkKeys(typed, settings, io),
      ...await checkStore(settings, io),
    ];
    const failed = findings.find(({ result }) => result === "fail");
    if (settings.input.flag("json")) {
      io.write(`${JSON.stringify({ ok: failed === undefined, findings })}\n`);
    } else {
      for (const { check, result, what, fix } of findings) {
        io.write(`${result.padEnd(4)}  ${check}: ${what}\n`);
        if (fix !== undefined) io.write(`      fix: ${fix}\n`);
      }
    }
    return failed?.exit ?? (failed === undefined ? EXIT.done : EXIT.failed);
  },
});

async function checkPermissions(settings: NodeSettings, io: Terminal): Promise<readonly Finding[]> {
  const { reach, notes } = await nodeReach(settings, io);
  const missing = missingPermissions(neededPermissions(reach));
  const hints = notes.map((what): Finding => ({ check: "permissions", result: "warn", what }));
  if (missing.length === 0) {
    return [{ check: "permissions", result: "ok", what: "all that is needed is given" }, ...hints];
  }
  return [
    ...missing.map(({ flag, why }): Finding => ({
      check: "permissions",
      result: "fail",
      what: `${flag} is missing (${why})`,
      fix: flag,
      exit: EXIT.denied,
    })),
    ...hints,
  ];
}

/** Whole kinds of permission that a node never needs. */
function checkWidth(): readonly Finding[] {
  const kinds = (["run", "net", "read", "write", "env", "sys"] as const)
    .filter((kind) => missingPermissions([{ kind, why: "" }]).length === 0);
  if (kinds.length === 0) return [{ check: "width", result: "ok", what: "no permission is whole" }];
  return [{
    check: "width",
    result: "warn",
    what: `wider than needed: ${kinds.map((kind) => `--allow-${kind}`).join(" ")}`,
    fix: "machinist permissions prints what is enough",
  }];
}

function checkDirectories(
  { directory, stateDirectory }: NodeSettings,
  io: Terminal,
): readonly Finding[] {
  const above = openParents(io.fs, directory, ownUser()).map(({ path, why }): Finding => {
    const what = `${path} is above the machines directory: ${why}`;
    return { check: "directory", result: "warn", what, fix: `chmod go-w ${path}, or another DIR` };
  });
  const own = [directory, stateDirectory].map((path): Finding => {
    const check = "directory";
    try {
      const info = io.fs.lstat(path);
      if (info === undefined) {
        return { check, result: "ok", what: `${path} is not there yet, the node makes it` };
      }
      if (info.kind !== "directory") {
        const exit = EXIT.configuration;
        return { check, result: "fail", what: `${path} is no directory`, fix: "another DIR", exit };
      }
      const writer = otherWriter(info, ownUser());
      if (writer !== undefined) {
        const what = `${path} may be written by others`;
        return { check, result: "fail", what, fix: `chmod go-w ${path}`, exit: EXIT.configuration };
      }
      return { check, result: "ok", what: `${path} is a directory of its own` };
    } catch (error) {
      const { message, hint, exit } = describeFailure(error);
      return { check, result: "fail", what: message, fix: hint, exit };
    }
  });
  return [...own, ...above];
}

async function checkKeys(
  typed: Parameters<typeof readNodeSettings>[0],
  { manager, role, insecureUnsigned }: NodeSettings,
  io: Terminal,
): Promise<readonly Finding[]> {
  const check = "keys";
  if (!manager || role === "host") return [{ check, result: "ok", what: "no manager needs one" }];
  if (insecureUnsigned) {
    const fix = "--public-key KEY";
    return [{ check, result: "warn", what: "whoever can write the store decides what runs", fix }];
  }
  try {
    const { publicKeys } = await readNodeSettings(typed, io);
    const published = publicKeys.some(({ isPublished }) => isPublished);
    return [
      published
        ? { check, result: "warn", what: "the private half of a key is in the documentation" }
        : { check, result: "ok", what: publicKeys.map(({ id }) => id).join(", ") },
    ];
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return [{ check, result: "fail", what: error.message, fix: error.hint, exit: error.exit }];
  }
}

async function checkStore(settings: NodeSettings, io: Terminal): Promise<readonly Finding[]> {
  const { input, manager, role, specFile } = settings;
  const check = "store";
  if (!manager || role === "host" || specFile !== undefined) {
    return [{ check, result: "ok", what: "the manager needs none" }];
  }
  const bucket = input.text("bucket") ?? "";
  const key = input.text("key") ?? "";
  try {
    await using store = await openStore(input, io);
    const found = await store.bucket(bucket).get(key);
    if (found.kind !== "value") {
      const fix = "machinist bucket, then machinist push";
      return [{ check, result: "warn", what: `"${bucket}/${key}" is not there`, fix }];
    }
    const ahead = found.time - new DenoClock().now();
    const { fault, machines } = readStored(found.value, settings.publicKeys);
    return [
      fault === undefined
        ? { check, result: "ok", what: `${machines.length} machines, revision ${found.revision}` }
        : { check, result: "fail", what: `${fault.message} [${fault.code}]` },
      ahead > CLOCK_MS
        ? { check: "clock", result: "warn", what: "the store is ahead of this clock", fix: "NTP" }
        : { check: "clock", result: "ok", what: "not behind the store" },
    ];
  } catch (error) {
    const { message, hint, exit } = describeFailure(error);
    return [{ check, result: "fail", what: message, fix: hint, exit }];
  }
}
