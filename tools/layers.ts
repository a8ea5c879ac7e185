/** Who may import whom: each folder of `src/`, and the folders below it. ARCHITECTURE.md has the same table. */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  util: [],
  ports: [],
  spec: ["util"],
  match: ["ports", "util"],
  archive: ["ports", "util"],
  events: ["ports", "util"],
  sets: ["spec", "match", "ports", "util"],
  machine: ["events", "ports", "util"],
  watchers: ["machine", "sets", "spec", "match", "archive", "events", "ports", "util"],
  host: ["machine", "events", "ports", "util"],
  deno: ["ports", "events", "util"],
  nats: ["ports", "events", "util"],
  testing: ["ports", "events", "util"],
  worker: belowAgent(),
  agent: [...belowAgent(), "worker"],
  cli: [...belowAgent(), "worker", "agent"],
};

/** What examples may import, as users would. */
export const ENTRIES: readonly string[] = ["mod.ts", "src/testing/mod.ts", "cli.ts"];

/** The worlds: they may use whatever Node has. */
export const ADAPTERS: readonly string[] = ["deno", "nats", "testing", "worker"];

/** What the domain may take from Node: computing, no world. */
export const NODE_BUILTINS: readonly string[] = ["node:crypto", "node:zlib", "node:buffer"];

/** Packages that live in certain folders only, by how their names start. */
export const VENDORS: Readonly<Record<string, readonly string[]>> = {
  "@nats-io/": ["nats"],
  "commander": ["cli"],
  "cli-table3": ["cli"],
  "jsep": ["match"],
};

/** The table as ARCHITECTURE.md prints it. */
export function layerTable(): string {
  const rows = Object.entries(LAYERS).map(([name, targets]) =>
    `${name.padEnd(9)} ${targets.join(" ") || "-"}`
  );
  return rows.join("\n");
}

function belowAgent(): readonly string[] {
  return [
    "util",
    "ports",
    "spec",
    "match",
    "archive",
    "events",
    "sets",
    "machine",
    "watchers",
    "host",
    "deno",
    "nats",
    "testing",
  ];
}
