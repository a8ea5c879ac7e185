import { buildArchive } from "../../archive/build.ts";
import { MANIFEST_FILE, MAX_MANIFEST_BYTES, parseManifest } from "../../machine/manifest.ts";
import { replaceFile } from "../../util/atomic_file.ts";
import { baseName } from "../../util/join_path.ts";
import { readFile } from "../../util/read_file.ts";
import { absolutePath } from "../absolute_path.ts";
import type { Command } from "../command.ts";
import { CommandError } from "../command_error.ts";
import { defineCommand } from "../define_command.ts";
import { EXIT } from "../exit_code.ts";
import { lintList } from "../lint_list.ts";

/** `machinist archive`. */
export const archive: Command = defineCommand({
  name: "archive",
  summary: "Packs a machine's directory, the same bytes every time, and prints its entry",
  about:
    "Writes SHA256SUMS into DIR. The archive is <name>-<version>.tgz, its top directory <name>.",
  args: [{ form: "<DIR>", about: "directory with machine.yaml" }],
  options: [
    {
      flags: "--output <FILE>",
      about: "where the archive goes, a file or a directory (default <name>-<version>.tgz here)",
    },
    {
      flags: "--url <URL>",
      about: "where it will be served; a prefix ending in / gets the file name added",
    },
    { flags: "--match <EXPR>", about: "nodes that it is for" },
    { flags: "--json", about: "print the entry on one line" },
  ],
  examples: [
    "machinist archive facts --url https://archives.example.net/ --match \"has_command('facter')\"",
  ],
  async action(input, io) {
    const directory = absolutePath(input.arg(0), io.cwd);
    const manifest = readFile(io.fs, `${directory}/${MANIFEST_FILE}`, {
      limit: MAX_MANIFEST_BYTES,
    });
    const { definition, warnings } = parseManifest(manifest, {
      path: `${input.arg(0)}/${MANIFEST_FILE}`,
    });
    for (const warning of warnings) io.note(`warning: ${warning}\n`);
    const { name, version } = definition;
    const built = await buildArchive(io.fs, directory, { name });
    const fileName = `${name}-${version}.tgz`;
    const output = outputPath(input.text("output"), { fileName, cwd: io.cwd, fs: io.fs });
    const url = input.text("url") ?? fileName;
    const match = input.text("match");
    const entry = {
      name,
      source: url.endsWith("/") ? url + baseName(output) : url,
      verify: built.verify,
      verify_checksum: built.verifyChecksum,
      checksum: built.checksum,
      ...(match === undefined ? {} : { match }),
      x: { size: built.size },
    };
    if (input.text("url") === undefined) {
      io.note("no --url was given: put the archive's URL into the entry's source\n");
      await refuseEntry({ ...entry, source: `https://localhost/${fileName}` });
    } else await refuseEntry(entry);
    replaceFile(io.fs, output, built.bytes, { mode: 0o644 });
    io.write(`${JSON.stringify(entry, null, input.flag("json") ? undefined : 2)}\n`);
    io.note(`${output}: ${built.files.length} files, ${built.size} bytes\n`);
    return EXIT.done;
  },
});

function outputPath(
  typed: string | undefined,
  { fileName, cwd, fs }: {
    readonly fileName: string;
    readonly cwd: string;
    readonly fs: { lstat(path: string): { readonly kind: string } | undefined };
  },
): string {
  const path = absolutePath(typed ?? fileName, cwd);
  const isDirectory = typed?.endsWith("/") === true || fs.lstat(path)?.kind === "directory";
  return isDirectory ? `${path}/${fileName}` : path;
}

/** What nodes would refuse is better known now than after signing. */
async function refuseEntry(entry: unknown): Promise<void> {
  const payload = new TextEncoder().encode(JSON.stringify([entry]));
  const [complaint] = (await lintList(payload)).complaints;
  if (complaint === undefined) return;
  throw new CommandError(complaint.message, {
    code: complaint.code,
    exit: EXIT.failed,
    hint: complaint.hint,
  });
}
