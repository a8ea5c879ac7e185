import { connect } from "@nats-io/transport-node";
import { Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/nats-core";
import { gunzipSync } from "node:zlib";
import { sleep } from "../rounds.ts";
import { untar } from "../untar.ts";
import { BUCKET, type FleetNode, type FleetNodeOptions, KEY } from "./node.ts";

/** How a bare node hears of a new value. */
export type Hearing = "republish" | "consumer";

/** A node without a check: hears the value and, with a directory, fetches, unpacks and renames. */
export class BareNode implements FleetNode {
  readonly #options: FleetNodeOptions;
  readonly #hearing: Hearing;
  #connection: NatsConnection | undefined;
  #count = 0;

  constructor(options: FleetNodeOptions, hearing: Hearing) {
    this.#options = options;
    this.#hearing = hearing;
  }

  async start(): Promise<void> {
    const connection = await connect({
      servers: this.#options.server,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 100,
      reconnectJitter: 0,
      pingInterval: 20_000,
    });
    this.#connection = connection;
    const bucket = await new Kvm(connection).open(BUCKET, { allow_direct: true });
    const take = async (value: Uint8Array, revision: number) => {
      try {
        await this.#deploy(value);
        this.#options.onRevision(revision);
      } catch (error) {
        this.#options.onFailure(error);
      }
    };
    const get = async () => {
      // A server that was just started answers for a moment as if there were nothing.
      for (let tries = 0; tries < 50; tries++) {
        const entry = await bucket.get(KEY).catch(() => null);
        if (entry !== null) return await take(entry.value, entry.revision);
        await sleep(100);
      }
    };
    if (this.#hearing === "consumer") {
      const watch = await bucket.watch({ key: KEY });
      (async () => {
        for await (const entry of watch) await take(entry.value, entry.revision);
      })();
    } else {
      connection.subscribe(`mm.${BUCKET}.${KEY}`, {
        callback: (_error, message) => {
          take(message.data, Number(message.headers?.get("Nats-Sequence")));
        },
      });
      (async () => {
        for await (const { type } of connection.status()) {
          if (type !== "reconnect") continue;
          // What is put while a node resubscribes may reach it neither way: it looks twice.
          await get();
          await sleep(1_000);
          await get();
        }
      })();
    }
    await get();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection?.close();
  }

  async #deploy(value: Uint8Array): Promise<void> {
    const { directory } = this.#options;
    if (directory === undefined) return;
    const { machines } = JSON.parse(new TextDecoder().decode(value));
    const stage = `${directory}/stage${this.#count}`;
    Deno.mkdirSync(stage, { recursive: true });
    for (const { source, match } of JSON.parse(atob(machines))) {
      if (match !== "") continue;
      const response = await fetch(source, { headers: { "accept-encoding": "identity" } });
      untar(gunzipSync(new Uint8Array(await response.arrayBuffer())), stage);
    }
    Deno.renameSync(stage, `${directory}/live${this.#count++}`);
  }
}
