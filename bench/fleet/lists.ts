import type { BenchWorld } from "../row.ts";
import { makePackage, type Package } from "../package.ts";
import { Publisher } from "../publisher.ts";
import type { Site } from "../site.ts";

/** What a fleet bench may use: how many nodes, and lists to publish. */
export interface FleetWorld extends BenchWorld {
  /** Number of nodes. */
  readonly nodes: number;
  /** Lists. */
  readonly lists: Lists;
}

/** Signed lists for rounds of publishing: one machine of 10 KB, another version in each. */
export class Lists {
  readonly #publisher = new Publisher();
  readonly #packages: readonly Package[];
  readonly #site: Site;

  private constructor(packages: readonly Package[], site: Site) {
    this.#packages = packages;
    this.#site = site;
  }

  /** Packs `versions` versions. */
  static async make(
    site: Site,
    { parent, versions }: { readonly parent: string; readonly versions: number },
  ): Promise<Lists> {
    const packages: Package[] = [];
    for (let version = 0; version < versions; version++) {
      const made = await makePackage({
        ...{ parent: `${parent}/v${version}`, name: "small", version: `1.0.${version}` },
        ...{ files: 5, bytes: 2_000, noise: 1 },
      });
      site.put(`/v${version}.tgz`, made.bytes);
      packages.push(made);
    }
    return new Lists(packages, site);
  }

  /** The key that nodes are to trust. */
  get publicKey(): string {
    return this.#publisher.publicKey;
  }

  /** A list whose machine is for every node. */
  forAll(round: number): string {
    return this.#list(round, "");
  }

  /** A list of the same size whose machine is for nobody: it is verified, and nothing is deployed. */
  forNobody(round: number): string {
    return this.#list(round, 'identity("nobody")');
  }

  /** Does something while the archive host is in trouble. */
  async inTrouble<T>(
    trouble: () => Promise<Response | undefined>,
    act: () => Promise<T>,
  ): Promise<T> {
    this.#site.trouble = trouble;
    try {
      return await act();
    } finally {
      this.#site.trouble = undefined;
    }
  }

  #list(round: number, match: string): string {
    const version = round % this.#packages.length;
    const made = this.#packages[version];
    if (made === undefined) throw new RangeError(`Cannot list round "${round}": nothing is packed`);
    // The round is in the URL: no two lists are the same bytes.
    const url = this.#site.put(`/${round}/v${version}.tgz`, made.bytes);
    return this.#publisher.envelope([{ made, url, match }]);
  }
}
