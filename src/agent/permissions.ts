import { type Need, permissionFlags } from "../deno/permissions.ts";

/** What a node touches, as far as its options tell. All paths are absolute. */
export interface NodeReach {
  /** The machines directory. */
  readonly directory: string;
  /** The agent's own files, when they are not inside the machines directory. */
  readonly stateDirectory?: string | undefined;
  /** Store URLs; none for a node without a store. */
  readonly stores: readonly string[];
  /** Hosts of archives: `host` or `host:port`. */
  readonly downloadHosts: readonly string[];
  /** Files and directories that are only read: keys, facts, configuration, credentials. */
  readonly reads: readonly string[];
  /** Commands that machines run: absolute paths or names. */
  readonly commands: readonly string[];
  /** Whether a name for the node was given; otherwise the host name is asked. */
  readonly identityGiven: boolean;
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  "nats:": "4222",
  "tls:": "4222",
  "ws:": "80",
  "wss:": "443",
};

/**
 * The smallest list of permissions for a node. The same function serves `machinist permissions` and `doctor`,
 * the systemd unit and the test that runs a node with exactly these flags.
 */
export function neededPermissions(reach: NodeReach): readonly Need[] {
  const places = reach.stores.map(storePlace);
  const hosts = places.filter(({ kind }) => kind === "net").map(({ place }) => place);
  const folders = places.filter(({ kind }) => kind === "file").map(({ place }) => place);
  const own = [
    reach.directory,
    ...reach.stateDirectory === undefined ? [] : [reach.stateDirectory],
  ];
  return [
    ...unique(hosts).map((value): Need => ({ kind: "net", value, why: "the store" })),
    ...unique(reach.downloadHosts).filter((host) => !hosts.includes(host)).map(
      (value): Need => ({ kind: "net", value, why: "archives" }),
    ),
    ...outermost([...own, ...folders, ...reach.reads]).map((value): Need => ({
      kind: "read",
      value,
      why: own.includes(value)
        ? "machines and the agent's own files"
        : folders.includes(value)
        ? "the store"
        : "options",
    })),
    ...outermost(own).map((value): Need => ({
      kind: "write",
      value,
      why: "machines and the agent's own files",
    })),
    ...(reach.identityGiven
      ? []
      : [{ kind: "sys", value: "hostname", why: "the node's name" } as const]),
    ...unique(reach.commands).map((value): Need => ({ kind: "run", value, why: "machines" })),
  ];
}

/** The flags of `deno run` and `deno compile` for a node, without a prompt for whatever is not granted. */
export function nodeFlags(reach: NodeReach): readonly string[] {
  return ["--no-prompt", ...permissionFlags(neededPermissions(reach))];
}

/** Where a store is: a directory, or a host with its port. RangeError for what is not a store URL. */
export function storePlace(store: string): StorePlace {
  if (store.startsWith("file:")) {
    return { kind: "file", place: store.slice("file:".length).replace(/^\/\/(?=\/)/, "") };
  }
  const url = URL.canParse(store) ? new URL(store) : undefined;
  const port = url === undefined ? undefined : DEFAULT_PORTS[url.protocol];
  if (url === undefined || port === undefined || url.hostname === "") {
    throw new RangeError(`Cannot use store "${withoutCredentials(store)}": it is not a store URL`);
  }
  return { kind: "net", place: `${url.hostname}:${url.port === "" ? port : url.port}` };
}

/** What {@linkcode storePlace} found. */
export interface StorePlace {
  /** A directory, or a server. */
  readonly kind: "file" | "net";
  /** Its path, or its host and port. */
  readonly place: string;
}

function withoutCredentials(store: string): string {
  return store.replace(/\/\/[^/]*@/, "//");
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}

/** Drops what stands inside another path of the list. */
function outermost(paths: readonly string[]): readonly string[] {
  const sorted = unique(paths.map((path) => path === "/" ? path : path.replace(/\/+$/, "")));
  return sorted.filter((path) =>
    !sorted.some((other) => other !== path && path.startsWith(other === "/" ? "/" : `${other}/`))
  );
}
