import type { OptionUsage } from "./command.ts";

/** `--json`, on every command that prints a result. */
export const JSON_OPTION: OptionUsage = {
  flags: "--json",
  about: "print one JSON document instead of text",
};

/** Which node of this host: for commands that look at its files. */
export const DIRECTORY_OPTIONS: readonly OptionUsage[] = [
  { flags: "--machines <DIR>", about: "the machines directory", fallback: "machines" },
  { flags: "--state <DIR>", about: "the agent's own files, DIR/.machinist when not given" },
];

/** Where the store is, and who we are there. */
export const STORE_OPTIONS: readonly OptionUsage[] = [
  {
    flags: "--store <URL>",
    about: "nats://, tls://, ws://, wss:// or file:DIR",
    env: ["MACHINIST_STORE", "NATS_URL"],
    fallback: "file:./machinist-store",
  },
  { flags: "--bucket <NAME>", about: "bucket of the specification", fallback: "MACHINES" },
  { flags: "--key <NAME>", about: "key of the specification", fallback: "machines" },
  { flags: "--creds <FILE>", about: "NATS credentials", env: ["NATS_CREDS"] },
  { flags: "--nkey <FILE>", about: "NATS nkey seed", env: ["NATS_NKEY"] },
  { flags: "--user <NAME>", about: "NATS user", env: ["NATS_USER"] },
  { flags: "--password <TEXT>", about: "NATS password", env: ["NATS_PASSWORD"] },
  {
    flags: "--tlsca <FILE>",
    about: "authorities that may have signed the server",
    env: ["NATS_CA"],
  },
  { flags: "--tlscert <FILE>", about: "certificate of this client", env: ["NATS_CERT"] },
  { flags: "--tlskey <FILE>", about: "private key of this client", env: ["NATS_KEY"] },
  { flags: "--context <NAME>", about: "a context of the nats CLI", env: ["NATS_CONTEXT"] },
];

/** Public keys. */
export const KEY_OPTION: OptionUsage = {
  flags: "--public-key <KEY>",
  about: "public key that must have signed: 64 hex digits, or a file holding them",
  env: ["MACHINIST_PUBLIC_KEY"],
  many: true,
};

/** Public keys, and the choice to go without. */
export const KEY_OPTIONS: readonly OptionUsage[] = [
  KEY_OPTION,
  { flags: "--insecure-unsigned", about: "accept specifications that nobody signed" },
];

/** Who this node is, as match expressions see it. */
export const NODE_OPTIONS: readonly OptionUsage[] = [
  {
    flags: "--identity <NAME>",
    about: "name of this node, the host name when not given",
    env: ["MACHINIST_IDENTITY"],
  },
  { flags: "--facts <FILE>", about: "facts of this node, JSON or YAML" },
];

/** Everything that shapes a node; shared by run, doctor and permissions, so that they never disagree. */
export const RUN_OPTIONS: readonly OptionUsage[] = [
  ...KEY_OPTIONS,
  ...NODE_OPTIONS,
  ...STORE_OPTIONS,
  { flags: "--interval <DURATION>", about: "how often the store is asked anyway", fallback: "1m" },
  {
    flags: "--manage-interval <DURATION>",
    about: "how often each machine is verified again",
    fallback: "1m",
  },
  { flags: "--no-purge", about: "leave machines in place that the specification dropped" },
  { flags: "--spec <FILE>", about: "a fixed, packed specification, and no store" },
  { flags: "--no-manager", about: "only host the machines that are in the directory" },
  { flags: "--manage-only", about: "fetch and install, run nothing" },
  { flags: "--host-only", about: "run machines, fetch nothing" },
  { flags: "--state <DIR>", about: "the agent's own files, DIR/.machinist when not given" },
  {
    flags: "--config <FILE>",
    about: "YAML with the same names, behind flags and environment",
    env: ["MACHINIST_CONFIG"],
  },
  {
    flags: "--allow-host <HOST[:PORT]>",
    about: "the only hosts that archives are downloaded from",
    many: true,
  },
  { flags: "--log-format <FORMAT>", about: "text or json", fallback: "text" },
  { flags: "--log-level <LEVEL>", about: "debug, info, warn or error", fallback: "info" },
];
