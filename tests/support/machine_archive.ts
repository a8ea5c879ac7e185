import { sha256 } from "../../src/util/digest.ts";
import { directory, file, tgz } from "./tar_builder.ts";

/** What a test archive holds. */
export interface MachineArchiveOptions {
  /** Top directory. */
  readonly name?: string;
  /** Contents by path; default: a small machine. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Paths that get an execute bit. */
  readonly executables?: readonly string[];
  /** Text of the sums file; default: the right one. */
  readonly sums?: string;
  /** Entries before the end mark. */
  readonly extra?: readonly Uint8Array[];
}

/** An archive with its digests. */
export interface MachineArchive {
  /** Top directory. */
  readonly name: string;
  /** The `tar.gz`. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256 of the archive. */
  readonly checksum: string;
  /** SHA-256 of its sums file. */
  readonly verifyChecksum: string;
  /** Contents by path. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
}

/** The files of a small machine. */
export const SMALL_MACHINE: Readonly<Record<string, string>> = {
  "machine.yaml": "name: m\nversion: 1.0.0\n",
  "run.sh": "#!/bin/sh\necho 1\n",
  "lib/data.txt": "data\n",
};

/** Makes an archive as a publisher would, or with something wrong in it. */
export function machineArchive(options: MachineArchiveOptions = {}): MachineArchive {
  const { name = "m", files = SMALL_MACHINE, executables = ["run.sh"], extra = [] } = options;
  const sums = options.sums ??
    Object.entries(files).map(([path, content]) => `${sha256(content)}  ${path}\n`).join("");
  const directories = new Set<string>();
  for (const path of Object.keys(files)) {
    for (let slash = path.indexOf("/"); slash > 0; slash = path.indexOf("/", slash + 1)) {
      directories.add(path.slice(0, slash));
    }
  }
  const bytes = tgz(
    directory(`${name}/`),
    ...[...directories].map((path) => directory(`${name}/${path}/`)),
    ...Object.entries(files).map(([path, content]) =>
      file(`${name}/${path}`, content, executables.includes(path) ? 0o755 : 0o644)
    ),
    file(`${name}/SHA256SUMS`, sums),
    ...extra,
  );
  return { name, bytes, checksum: sha256(bytes), verifyChecksum: sha256(sums), files };
}
