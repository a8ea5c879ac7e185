/** A server's address, taken apart. */
export interface ServerUrl {
  /** What may be shown: scheme, host and port. */
  readonly url: string;
  /** `host:port`, as `--allow-net` wants it. */
  readonly host: string;
  /** Whether it is spoken to over WebSockets. */
  readonly websocket: boolean;
  /** Whether the connection must be encrypted. */
  readonly encrypted: boolean;
  /** User of the URL. */
  readonly user?: string;
  /** Password of the URL. */
  readonly password?: string;
  /** Token of the URL (`nats://token@host`). */
  readonly token?: string;
}

const PORTS: ReadonlyMap<string, number> = new Map([
  ["nats", 4222],
  ["tls", 4222],
  ["ws", 80],
  ["wss", 443],
]);

/** Reads a server's address; `host` and `host:port` are taken for `nats://`. Throws SyntaxError. */
export function parseServerUrl(text: string): ServerUrl {
  const match = /^(?:([a-z]+):\/\/)?(.*)$/i.exec(text.trim());
  const scheme = (match?.[1] ?? "nats").toLowerCase();
  const port = PORTS.get(scheme);
  const parsed = port === undefined ? null : URL.parse(`http://${match?.[2] ?? ""}`);
  if (port === undefined || parsed === null || parsed.hostname === "") {
    throw new SyntaxError(
      "Cannot use the server URL: want nats://, tls://, ws:// or wss://host:port",
    );
  }
  const host = `${parsed.hostname}:${parsed.port || explicitPort(match?.[2] ?? "") || port}`;
  const websocket = scheme === "ws" || scheme === "wss";
  return {
    url: `${scheme}://${host}${websocket && parsed.pathname !== "/" ? parsed.pathname : ""}`,
    host,
    websocket,
    encrypted: scheme === "tls" || scheme === "wss",
    ...credentials(parsed),
  };
}

/** `http://host:80` loses its port: 80 is what http means. */
function explicitPort(rest: string): string {
  return /:80(?:\/|$)/.test(rest) ? "80" : "";
}

function credentials({ username, password }: URL): Partial<ServerUrl> {
  if (username === "") return {};
  const name = decodeURIComponent(username);
  return password === "" ? { token: name } : { user: name, password: decodeURIComponent(password) };
}
