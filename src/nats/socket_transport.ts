import type { ConnectionOptions, Server } from "@nats-io/nats-core";
import {
  checkOptions,
  extractProtocolMessage,
  INFO,
  type Transport,
} from "@nats-io/nats-core/internal";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** TLS settings as this transport understands them. */
interface TlsSettings {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly handshakeFirst?: boolean;
}

/**
 * NATS over TCP and TLS. The client library's own transport leaves a socket open when a server accepts and
 * then says nothing, and a client certificate that is refused late ends the process: here a socket has an
 * error listener for its whole life, and whoever gives up destroys it.
 */
export class SocketTransport implements Transport, AsyncIterable<Uint8Array> {
  readonly lang = "nats.js";
  readonly version = "3.4.0";
  readonly #closed = Promise.withResolvers<void | Error>();
  #socket: Socket | undefined;
  #chunks: Uint8Array[] = [];
  #wake = () => {};
  #connected = false;
  #encrypted = false;
  #done = false;
  #error: Error | undefined;
  /** The server wants a client certificate, and has not said a word since it was sent. */
  #unproven = false;

  get isClosed(): boolean {
    return this.#done;
  }

  get closeError(): Error {
    return this.#error as Error;
  }

  async connect(server: Server, options: ConnectionOptions): Promise<void> {
    const tls = (options.tls ?? undefined) as TlsSettings | undefined;
    try {
      const first = tls?.handshakeFirst === true;
      let socket = first ? await this.#secure(server, tls) : await this.#dial(server);
      const greeting = await this.#greeting(socket);
      const info = JSON.parse(INFO.exec(greeting)?.[1] ?? "null");
      if (info === null) throw new Error("the server does not speak NATS");
      checkOptions(info, options);
      const wanted = info.tls_required === true ||
        (info.tls_available === true && tls !== undefined);
      this.#unproven = info.tls_verify === true;
      if (this.#unproven && tls?.cert === undefined) {
        throw new Error("the server wants a client certificate");
      }
      if (wanted && !first) socket = await this.#secure(server, tls, socket);
      if (this.#done) throw new Error("the connection was given up");
      this.#listen(socket);
      this.#connected = true;
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  async *[Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    for (;;) {
      const chunks = this.#chunks;
      this.#chunks = [];
      yield* chunks;
      if (this.#done) return;
      if (this.#chunks.length === 0) await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  isEncrypted(): boolean {
    return this.#encrypted;
  }

  send(frame: Uint8Array): void {
    // A failed write shows as an error of the socket, or as a ping without an answer.
    if (!this.#done) this.#socket?.write(frame);
  }

  close(error?: Error): Promise<void> {
    this.#end(error);
    return Promise.resolve();
  }

  disconnect(): void {
    this.#end(undefined);
  }

  closed(): Promise<void | Error> {
    return this.#closed.promise;
  }

  discard(): void {
    this.#done = true;
    this.#socket?.destroy();
    this.#wake();
  }

  #dial({ hostname, port }: Server): Promise<Socket> {
    const socket = connectTcp(port, hostname);
    socket.setNoDelay(true);
    return this.#opened(socket, "connect");
  }

  /** TLS on a new connection, or on one that has been greeted. */
  #secure(server: Server, tls: TlsSettings | undefined, plain?: Socket): Promise<Socket> {
    const { hostname, port } = server;
    const name = server.tlsName || hostname;
    const secure = connectTls({
      ...(plain === undefined ? { port } : { socket: plain }),
      host: hostname,
      servername: isIP(name) === 0 ? name : "",
      rejectUnauthorized: true,
      ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
      ...(tls?.cert === undefined ? {} : { cert: tls.cert }),
      ...(tls?.key === undefined ? {} : { key: tls.key }),
    });
    this.#encrypted = true;
    return this.#opened(secure, "secureConnect");
  }

  #opened(socket: Socket, event: string): Promise<Socket> {
    this.#socket = socket;
    return new Promise((resolve, reject) => {
      socket.on("error", (error: Error) => {
        this.#error ??= error;
        reject(error);
      });
      socket.once("close", () => {
        reject(this.#error ?? new Error("the connection was closed"));
        if (this.#connected && socket === this.#socket) this.#end(this.#error);
      });
      socket.once(event, () => resolve(socket));
      if (this.#done) socket.destroy();
    });
  }

  /** The server speaks first: one line, which the protocol's reader will want to see again. */
  #greeting(socket: Socket): Promise<string> {
    return new Promise((resolve, reject) => {
      const read = (chunk: Uint8Array) => {
        this.#chunks.push(chunk);
        const line = extractProtocolMessage(concat(this.#chunks));
        if (line === "" && this.#chunks.length < 64) return;
        socket.off("data", read);
        socket.pause();
        resolve(line);
      };
      socket.on("data", read);
      socket.once("close", () => reject(this.#error ?? new Error("the connection was closed")));
    });
  }

  #listen(socket: Socket): void {
    socket.on("data", (chunk: Uint8Array) => {
      this.#unproven = false;
      this.#chunks.push(chunk);
      this.#wake();
    });
    socket.resume();
  }

  #end(error: Error | undefined): void {
    if (this.#done) return;
    this.#error ??= error;
    if (this.#unproven) {
      // The alert that says so may be lost to a reset.
      const why = "the server cut the connection at the client certificate";
      this.#error = new Error(why, { cause: this.#error });
    }
    this.discard();
    if (this.#connected) this.#closed.resolve(this.#error);
  }
}

function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
