import {
  buildArchive,
  type BuiltArchive,
  denoPorts,
  DirectoryKv,
  generateKeyPair,
  type KeyPair,
  pack,
  parseManifest,
  PrivateKey,
} from "../../mod.ts";
import type { Narrator } from "./narrator.ts";

/** Options of {@linkcode Publisher.start}. */
export interface PublisherOptions {
  /** Scratch directory. */
  readonly directory: string;
  /** Who tells the story. */
  readonly say: Narrator;
}

/** The operator's side: keys, archives on a web server on loopback, and the signed list in a store. */
export class Publisher implements AsyncDisposable {
  /** Directory of the embedded store. */
  readonly store: string;
  readonly #directory: string;
  readonly #say: Narrator;
  readonly #keys: KeyPair = generateKeyPair();
  readonly #archives = new Map<string, BuiltArchive>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  private constructor({ directory, say }: PublisherOptions) {
    this.#directory = directory;
    this.#say = say;
    this.store = `${directory}/store`;
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      const archive = this.#archives.get(new URL(request.url).pathname.slice(1));
      return archive === undefined
        ? new Response("no such archive\n", { status: 404 })
        : new Response(archive.bytes);
    });
  }

  /** Makes the keys, the store and the web server. */
  static async start(options: PublisherOptions): Promise<Publisher> {
    const publisher = new Publisher(options);
    await using kv = publisher.#kv();
    await kv.createBucket("MACHINES");
    options.say.line(`public key ${publisher.publicKey}`);
    return publisher;
  }

  /** The key that nodes are to trust. */
  get publicKey(): string {
    return this.#keys.publicKey;
  }

  /** Builds the archives of the example machines. */
  async build(names: readonly string[]): Promise<void> {
    const { fs } = denoPorts();
    for (const name of names) {
      const source = new URL(`./machines/${name}/`, import.meta.url);
      const copy = `${this.#directory}/${name}`;
      await Deno.mkdir(copy);
      for await (const { name: file } of Deno.readDir(source)) {
        await Deno.copyFile(new URL(file, source), `${copy}/${file}`);
      }
      const path = `${copy}/machine.yaml`;
      const { definition } = parseManifest(await Deno.readTextFile(path), { path });
      const archive = await buildArchive(fs, copy, { name: definition.name });
      this.#archives.set(`${name}-${definition.version}.tgz`, archive);
      this.#say.line(`built ${name}-${definition.version}.tgz, ${archive.size} bytes`);
    }
  }

  /** Signs the list of these machines and puts it into the store. */
  async push(names: readonly string[]): Promise<void> {
    const list = [...this.#archives].filter(([, { name }]) => names.includes(name)).map(
      ([file, archive]) => ({
        name: archive.name,
        source: `http://127.0.0.1:${this.#server.addr.port}/${file}`,
        verify: archive.verify,
        verify_checksum: archive.verifyChecksum,
        checksum: archive.checksum,
        match: "has_command('sh')",
        x: { size: archive.size },
      }),
    );
    const payload = new TextEncoder().encode(JSON.stringify(list));
    const packed = pack(payload, { keys: [PrivateKey.parse(this.#keys.privateKey)] });
    await using kv = this.#kv();
    const revision = await kv.bucket("MACHINES").put("machines", new TextEncoder().encode(packed));
    this.#say.line(`signed and pushed the list [${names.join(", ")}] as revision ${revision}`);
  }

  /** Stops the web server. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  #kv(): DirectoryKv {
    const { fs, clock } = denoPorts();
    return new DirectoryKv({ directory: this.store, fs, clock });
  }
}
