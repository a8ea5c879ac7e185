import { buildArchive, type BuiltArchive } from "../src/archive/build.ts";
import { DenoFs } from "../src/deno/fs.ts";

/** A machine to deploy, as directory and as archive. */
export interface Package extends BuiltArchive {
  /** The directory that it was built from; it holds its sums file. */
  readonly directory: string;
}

/** What a package holds beside its manifest. */
export interface PackageOptions {
  /** Where to make the directory. */
  readonly parent: string;
  /** Name of the machine. */
  readonly name: string;
  /** Version in the manifest. */
  readonly version?: string;
  /** Number of files. */
  readonly files: number;
  /** Bytes of each. */
  readonly bytes: number;
  /** Part of the bytes that no packer makes smaller. */
  readonly noise: number;
}

/** Makes a machine with so many files of so many bytes, and its archive. */
export async function makePackage(options: PackageOptions): Promise<Package> {
  const { parent, name, version = "1.0.0", files, bytes, noise } = options;
  const directory = `${parent}/${name}`;
  await Deno.mkdir(directory, { recursive: true });
  await Deno.writeTextFile(`${directory}/machine.yaml`, manifest(name, version));
  for (let number = 0; number < files; number++) {
    const folder = `${directory}/part${String(number % 20).padStart(2, "0")}`;
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeFile(`${folder}/file${number}.bin`, content(bytes, noise));
  }
  const built = await buildArchive(new DenoFs(), directory, { name, maxBytes: 2 ** 32 });
  return { ...built, directory };
}

/** A machine that reaches its one state and stays. */
export function manifest(name: string, version: string): string {
  return `name: ${name}
version: ${version}
initial_state: ON
transitions:
  - name: again
    from: [ON]
    destination: ON
watchers:
  - name: pause
    type: timer
    state_match: [ON]
    properties: { timer: 1h }
`;
}

/** Noise and text in turn, in pieces of 4 KiB. */
function content(bytes: number, noise: number): Uint8Array {
  const all = new Uint8Array(bytes);
  const piece = 4096;
  const text = new TextEncoder().encode("all that a machine needs stands in its directory; ");
  for (let at = 0; at < bytes; at += piece) {
    const end = Math.min(bytes, at + piece);
    const split = Math.min(end, at + Math.round((end - at) * noise));
    crypto.getRandomValues(all.subarray(at, split));
    for (let to = split; to < end; to += text.length) {
      all.set(text.subarray(0, Math.min(text.length, end - to)), to);
    }
  }
  return all;
}
