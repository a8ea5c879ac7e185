import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";

/** A secret as text, or where to get it anew at every connection, so that a rotated file counts at once. */
export type SecretText = string | (() => string | Promise<string>);

/** How to reach a NATS server. Files are read by the caller: this needs the net permission only. */
export interface NatsOptions {
  /** `nats://host:port`, `tls://`, `ws://`, `wss://`; credentials in a URL count as user and password. */
  readonly servers: readonly string[];
  /** Name of the connection, as the server's monitoring shows it. */
  readonly name?: string;
  /** Text of a `.creds` file. */
  readonly creds?: SecretText;
  /** An nkey seed (`SU...`). */
  readonly nkey?: SecretText;
  /** User name. */
  readonly user?: string;
  /** Password. */
  readonly password?: SecretText;
  /** Token. */
  readonly token?: SecretText;
  /** TLS settings as PEM texts. */
  readonly tls?: NatsTls;
  /**
   * Prefix of the subjects on which answers arrive: a node with one of its own needs no right to others'.
   * @default {"_INBOX"}
   */
  readonly inboxPrefix?: string;
  /**
   * Prefix of the JetStream API: `$JS.<domain>.API` for a domain.
   * @default {"$JS.API"}
   */
  readonly apiPrefix?: string;
  /**
   * Milliseconds for one connection attempt, and for one answer.
   * @default {5000}
   */
  readonly timeoutMs?: number;
  /**
   * Milliseconds between pings; a dead connection is noticed after two of them.
   * @default {20000}
   */
  readonly pingIntervalMs?: number;
  /**
   * Longest wait between two connection attempts, milliseconds.
   * @default {8000}
   */
  readonly maxWaitMs?: number;
}

/** TLS settings as PEM texts. */
export interface NatsTls {
  /** Certificates of the authorities that may have signed the server's; the system's are used without it. */
  readonly ca?: string;
  /** The client's certificate. */
  readonly cert?: string;
  /** The client's private key. */
  readonly key?: SecretText;
  /**
   * Whether TLS begins before the server's greeting.
   * @default {false}
   */
  readonly first?: boolean;
}

/** What a connection needs of the world. */
export interface NatsWorldPorts {
  /** Time. */
  readonly clock: Clock;
  /** The log. */
  readonly log: Log;
  /** Numbers in [0, 1), for jitter. */
  readonly random: () => number;
}

/** The secret's text as of now. */
export async function secretText(secret: SecretText | undefined): Promise<string | undefined> {
  return typeof secret === "function" ? await secret() : secret;
}
