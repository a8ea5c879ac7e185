import { MANIFEST_FILE } from "../../machine/manifest.ts";
import { MAX_PAYLOAD_BYTES } from "../../spec/limits.ts";
import { checkFile, type FileReport } from "../check_file.ts";
import type { Command } from "../command.ts";
import { defineCommand } from "../define_command.ts";
import { EXIT } from "../exit_code.ts";
import { JSON_OPTION } from "../options.ts";
import type { Terminal } from "../terminal.ts";

/** `machinist validate`. */
export const validate: Command = defineCommand({
  name: "validate",
  summary: "Checks machine.yaml files, directories with them, or a machines list",
  args: [{ form: "<PATH...>", about: "files or directories; - for standard input" }],
  options: [JSON_OPTION],
  examples: ["machinist validate machines machines.yaml"],
  async action(input, io) {
    const files: FileReport[] = [];
    for (const path of input.args) {
      for (const file of filesOf(path, io)) {
        files.push(await checkFile(file, await io.readFile(file, MAX_PAYLOAD_BYTES)));
      }
    }
    const ok = files.every(({ complaints }) => complaints.length === 0);
    if (input.flag("json")) io.write(`${JSON.stringify({ ok, files })}\n`);
    else for (const report of files) io.write(lines(report));
    return ok ? EXIT.done : EXIT.failed;
  },
});

/** A directory stands for its manifest or, as a machines directory, for those of all machines in it. */
function filesOf(path: string, { fs }: Terminal): readonly string[] {
  if (path === "-" || fs.lstat(path)?.kind !== "directory") return [path];
  const folder = path.replace(/(.)\/+$/, "$1");
  if (fs.lstat(`${folder}/${MANIFEST_FILE}`) !== undefined) return [`${folder}/${MANIFEST_FILE}`];
  const found = fs.readDir(folder)
    .filter(({ name, kind }) => kind === "directory" && name !== "tmp" && !name.startsWith("."))
    .map(({ name }) => `${folder}/${name}/${MANIFEST_FILE}`)
    .filter((file) => fs.lstat(file) !== undefined);
  return found.length > 0 ? found : [`${folder}/${MANIFEST_FILE}`];
}

function lines({ file, complaints, warnings }: FileReport): string {
  const text: string[] = warnings.map((warning) => `${file}: warning: ${warning}`);
  for (const { line, path, code, message } of complaints) {
    const place = [file, ...(line === undefined ? [] : [line])].join(":");
    text.push(`${place}: ${path === "" ? "" : `${path}: `}${message} [${code}]`);
  }
  if (complaints.length === 0) text.push(`${file}: ok`);
  return text.map((line) => `${line}\n`).join("");
}
