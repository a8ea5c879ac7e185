import {
  type Authenticator,
  type ConnectionOptions,
  credsAuthenticator,
  type NatsConnection,
  nkeyAuthenticator,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
  wsconnect,
} from "@nats-io/nats-core";
import { NatsConnectionImpl, setTransportFactory } from "@nats-io/nats-core/internal";
import { type NatsOptions, secretText } from "./options.ts";
import { parseServerUrl, type ServerUrl } from "./server_url.ts";
import { SocketTransport } from "./socket_transport.ts";

/** Options of {@linkcode dialNats}. */
export interface DialOptions {
  /** Gives up. */
  readonly signal: AbortSignal;
  /** Numbers in [0, 1): servers are tried in a random order. */
  readonly random: () => number;
}

/**
 * One connection attempt: every server once. The connection does not mend itself: whoever has it dials
 * again when it ends, with secrets as they are then.
 */
export async function dialNats(options: NatsOptions, dial: DialOptions): Promise<NatsConnection> {
  const servers = shuffled(options.servers.map(parseServerUrl), dial.random);
  let failure: unknown = new RangeError("Cannot connect to NATS: no server is given");
  for (const server of servers) {
    dial.signal.throwIfAborted();
    try {
      return await dialServer(server, await connectionOptions(server, options), dial.signal);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** The client library keeps one way to make a transport for the whole process: one dial at a time sets it. */
let gate: Promise<void> = Promise.resolve();

async function dialServer(
  server: ServerUrl,
  options: ConnectionOptions,
  signal: AbortSignal,
): Promise<NatsConnection> {
  const before = gate;
  const { promise, resolve: release } = Promise.withResolvers<void>();
  gate = promise;
  await before;
  let transport: SocketTransport | undefined;
  let connecting: Promise<NatsConnection>;
  if (server.websocket) {
    connecting = wsconnect(options);
  } else {
    setTransportFactory({
      factory: () => {
        release();
        transport = new SocketTransport();
        if (signal.aborted) transport.discard();
        return transport;
      },
    });
    connecting = NatsConnectionImpl.connect(options);
  }
  connecting.then(() => release(), () => release());
  return await abortable(connecting, signal, () => transport?.discard());
}

/** The connection, or the signal's reason; a connection that comes too late is closed. */
function abortable(
  connecting: Promise<NatsConnection>,
  signal: AbortSignal,
  discard: () => void,
): Promise<NatsConnection> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      discard();
      connecting.then((late) => late.close(), () => {}).finally(() => reject(signal.reason));
    };
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    connecting.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

async function connectionOptions(
  server: ServerUrl,
  options: NatsOptions,
): Promise<ConnectionOptions> {
  const { timeoutMs = 5_000, pingIntervalMs = 20_000, name, inboxPrefix } = options;
  const tls = await tlsOptions(server, options);
  return {
    servers: server.url,
    authenticator: await authenticators(server, options),
    reconnect: false,
    ignoreClusterUpdates: true,
    noAsyncTraces: true,
    timeout: timeoutMs,
    pingInterval: pingIntervalMs,
    maxPingOut: 1,
    ...(server.websocket ? {} : { resolve: false }),
    ...(name === undefined ? {} : { name }),
    ...(inboxPrefix === undefined ? {} : { inboxPrefix }),
    ...(tls === undefined || server.websocket ? {} : { tls }),
  };
}

async function tlsOptions(
  server: ServerUrl,
  { tls }: NatsOptions,
): Promise<NonNullable<ConnectionOptions["tls"]> | undefined> {
  if (tls === undefined) return server.encrypted ? {} : undefined;
  const key = await secretText(tls.key);
  return {
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(key === undefined ? {} : { key }),
    ...(tls.first === true ? { handshakeFirst: true } : {}),
  };
}

async function authenticators(server: ServerUrl, options: NatsOptions): Promise<Authenticator[]> {
  const encode = (text: string) => new TextEncoder().encode(text);
  const list: Authenticator[] = [];
  const creds = await secretText(options.creds);
  if (creds !== undefined) list.push(credsAuthenticator(encode(creds)));
  const nkey = await secretText(options.nkey);
  if (nkey !== undefined) list.push(nkeyAuthenticator(encode(nkey.trim())));
  const user = options.user ?? server.user;
  const password = await secretText(options.password) ?? server.password;
  if (user !== undefined) list.push(usernamePasswordAuthenticator(user, password ?? ""));
  const token = await secretText(options.token) ?? server.token;
  if (token !== undefined) list.push(tokenAuthenticator(token));
  return list;
}

function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  return items.map((item) => ({ item, at: random() })).sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
