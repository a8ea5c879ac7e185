/** What a node touches, as far as its options tell. All paths are absolute. */
export interface PermissionNeeds {
  /** The machines directory. */
  readonly directory: string;
  /** The agent's own files, when they are not inside the machines directory. */
  readonly stateDirectory?: string | undefined;
  /** Store URLs; none for a node without a store. */
  readonly stores: readonly string[];
  /** Hosts of archives: `host` or `host:port`. */
  readonly downloadHosts: readonly string[];
  /** Files and directories that are only read: keys, facts, configuration, credentials, a fixed specification. */
  readonly reads: readonly string[];
  /** Commands that machines run: absolute paths or names. */
  readonly commands: readonly string[];
  /** Whether a name for the node was given; otherwise the host name is asked. */
  readonly identityGiven: boolean;
}

/** The kinds of permission that a node asks for; an empty list is a permission that it does not need. */
export interface PermissionSet {
  /** Hosts, each with a port where one is known. */
  readonly net: readonly string[];
  /** Paths. */
  readonly read: readonly string[];
  /** Paths. */
  readonly write: readonly string[];
  /** Kinds of system information. */
  readonly sys: readonly string[];
  /** Commands. */
  readonly run: readonly string[];
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  "nats:": "4222",
  "tls:": "4222",
  "ws:": "80",
  "wss:": "443",
};

/**
 * The smallest set of permissions for these needs. The same function serves `machinist permissions`, the
 * documents, the systemd unit and the test that runs a node with exactly these flags.
 */
export function permissionSet(needs: PermissionNeeds): PermissionSet {
  const net: string[] = [];
  const reads = [needs.directory, ...needs.reads];
  const writes = [needs.directory];
  if (needs.stateDirectory !== undefined) {
    reads.push(needs.stateDirectory);
    writes.push(needs.stateDirectory);
  }
  for (const store of needs.stores) {
    const { kind, place } = storePlace(store);
    if (kind === "file") reads.push(place);
    else net.push(place);
  }
  return {
    net: unique([...net, ...needs.downloadHosts]),
    read: outermost(reads),
    write: outermost(writes),
    sys: needs.identityGiven ? [] : ["hostname"],
    run: unique(needs.commands),
  };
}

/** The flags of `deno run` and `deno compile`, without a prompt for whatever is not granted. */
export function permissionFlags(set: PermissionSet): readonly string[] {
  const flags = ["--no-prompt"];
  for (const kind of ["net", "read", "write", "sys", "run"] as const) {
    if (set[kind].length > 0) flags.push(`--allow-${kind}=${set[kind].map(escapeComma).join(",")}`);
  }
  return flags;
}

/** Where a store is: a directory, or a host with its port. RangeError for what is not a store URL. */
export function storePlace(store: string): { readonly kind: "file" | "net"; readonly place: string } {
  if (store.startsWith("file:")) {
    return { kind: "file", place: store.slice("file:".length).replace(/^\/\/(?=\/)/, "") };
  }
  const url = URL.canParse(store) ? new URL(store) : undefined;
  const port = url === undefined ? undefined : DEFAULT_PORTS[url.protocol];
  if (url === undefined || port === undefined || url.hostname === "") {
    throw new RangeError(`Cannot use store "${withoutCredentials(store)}": not a store URL`);
  }
  return { kind: "net", place: `${url.hostname}:${url.port === "" ? port : url.port}` };
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

/** Deno reads a doubled comma as a comma that belongs to the value. */
function escapeComma(value: string): string {
  return value.replaceAll(",", ",,");
}
