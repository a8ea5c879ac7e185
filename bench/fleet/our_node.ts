import { ArchiveInstaller } from "../../src/archive/archive_installer.ts";
import { denoPorts } from "../../src/deno/ports.ts";
import { connectNats, type NatsWorld } from "../../src/nats/connect.ts";
import { compileMatch } from "../../src/match/match.ts";
import type { KvBucket } from "../../src/ports/kv.ts";
import { readEnvelope } from "../../src/spec/envelope.ts";
import { PublicKey } from "../../src/spec/public_key.ts";
import { parseSpecification } from "../../src/spec/specification.ts";
import { verify } from "../../src/spec/verify.ts";
import { BUCKET, type FleetNode, type FleetNodeOptions, KEY } from "./node.ts";

/** Milliseconds between two questions when nothing hints: as the agent has it. */
const POLL_MS = 60_000;
/** Milliseconds until a refused archive is asked for again, at most. */
const RETRY_MS = 2_000;

/**
 * The parts of an agent that a fleet's size weighs on, as they are: connection, hints, gets, verification, match,
 * installation. Without a host, status files and machines of its own: a thousand of those on one machine would
 * measure the machine.
 */
export class OurNode implements FleetNode {
  readonly #options: FleetNodeOptions;
  readonly #ports;
  readonly #keys: readonly PublicKey[];
  readonly #abort = new AbortController();
  #world: NatsWorld | undefined;
  #installer: ArchiveInstaller | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #revision = 0;

  constructor(options: FleetNodeOptions) {
    this.#options = options;
    this.#keys = [PublicKey.parse(options.publicKey)];
    const quiet = () => {};
    this.#ports = denoPorts({ node: { identity: options.identity }, log: { write: quiet } });
  }

  async start(): Promise<void> {
    const { server, directory } = this.#options;
    const { clock, random, log } = this.#ports;
    if (directory !== undefined) {
      const stateDirectory = `${directory}/.machinist`;
      await Deno.mkdir(stateDirectory, { recursive: true });
      this.#installer = new ArchiveInstaller({ ...this.#ports, stateDirectory });
    }
    this.#world = await connectNats({ servers: [server] }, { clock, random, log });
    await this.#world.ready();
    const bucket = this.#world.kv.bucket(BUCKET);
    const first = Promise.withResolvers<void>();
    this.#running = Promise.all([this.#listen(bucket, first.resolve), this.#poll(bucket)]);
    await first.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#running;
    await this.#installer?.[Symbol.asyncDispose]();
    await this.#world?.[Symbol.asyncDispose]();
  }

  async #listen(bucket: KvBucket, onFirst: () => void): Promise<void> {
    for await (const _ of bucket.changes(KEY, { signal: this.#abort.signal })) {
      await this.#look(bucket, undefined);
      onFirst();
    }
  }

  async #poll(bucket: KvBucket): Promise<void> {
    const { clock, random } = this.#ports;
    const { signal } = this.#abort;
    try {
      await clock.sleep(random() * POLL_MS, { signal });
      for (;;) {
        await this.#look(bucket, this.#revision === 0 ? undefined : this.#revision);
        await clock.sleep(POLL_MS, { signal });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #look(bucket: KvBucket, newerThan: number | undefined): Promise<void> {
    const { onRevision, onFailure } = this.#options;
    const { signal } = this.#abort;
    try {
      const found = await bucket.get(KEY, {
        signal,
        ...(newerThan === undefined ? {} : { newerThan }),
      });
      if (found.kind !== "value" || found.revision === this.#revision) return;
      const trusted = verify(readEnvelope(found.value), { keys: this.#keys });
      const { machines } = parseSpecification(trusted);
      for (const machine of machines) {
        if (!await compileMatch(machine.match).evaluate(this.#ports.node, { signal })) continue;
        await this.#install(machine);
      }
      this.#revision = found.revision;
      onRevision(found.revision);
    } catch (error) {
      if (!signal.aborted) onFailure(error);
    }
  }

  async #install(
    machine: ReturnType<typeof parseSpecification>["machines"][number],
  ): Promise<void> {
    const { directory, onFailure } = this.#options;
    const { clock, random } = this.#ports;
    const { signal } = this.#abort;
    if (this.#installer === undefined || directory === undefined) return;
    const { name: creates, source, checksum, verify, verifyChecksum, extension } = machine;
    for (;;) {
      try {
        await this.#installer.install({
          ...{ sources: [source], checksum, verify, verifyChecksum, creates, target: directory },
          ...(extension.size === undefined ? {} : { size: extension.size }),
        }, { signal });
        return;
      } catch (error) {
        onFailure(error);
        await clock.sleep(RETRY_MS * random(), { signal });
      }
    }
  }
}
