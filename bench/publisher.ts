import type { KvBucket } from "../src/ports/kv.ts";
import { connectNats } from "../src/nats/connect.ts";
import { denoPorts } from "../src/deno/ports.ts";
import { pack } from "../src/spec/pack.ts";
import { generateKeyPair, PrivateKey } from "../src/spec/private_key.ts";
import type { Package } from "./package.ts";

/** A machine of the list: a package, and where its archive is. */
export interface Listed {
  /** The package. */
  readonly made: Package;
  /** URL of its archive. */
  readonly url: string;
  /** Which nodes it is for; every node when left out. */
  readonly match?: string;
}

/** Signs lists. */
export class Publisher {
  readonly #key: PrivateKey;
  /** The key that nodes are to trust. */
  readonly publicKey: string;

  constructor() {
    const { publicKey, privateKey } = generateKeyPair();
    this.publicKey = publicKey;
    this.#key = PrivateKey.parse(privateKey);
  }

  /** A packed, signed list. */
  envelope(machines: readonly Listed[]): string {
    const list = machines.map(({ made, url, match = "" }) => ({
      name: made.name,
      source: url,
      verify: made.verify,
      verify_checksum: made.verifyChecksum,
      checksum: made.checksum,
      match,
      x: { size: made.size },
    }));
    return pack(new TextEncoder().encode(JSON.stringify(list)), { keys: [this.#key] });
  }
}

/** A connection of whoever publishes. */
export interface Desk extends AsyncDisposable {
  /** The bucket of the specification, made as the fleet wants it. */
  readonly bucket: KvBucket;
}

/** Connects to a server and makes a bucket. */
export async function openDesk(url: string, name = "MACHINES"): Promise<Desk> {
  const { clock, random } = denoPorts();
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  const world = await connectNats({ servers: [url] }, { clock, random, log: quiet });
  await world.kv.createBucket(name);
  return {
    bucket: world.kv.bucket(name),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}
