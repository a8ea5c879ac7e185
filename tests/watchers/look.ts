import type { Cause, Data, Outcome, WatchContext } from "../../src/machine/watcher.ts";

/** What differs from look to look. */
export interface LookOptions {
  readonly cause?: Cause;
  readonly data?: Data;
  readonly previous?: Outcome;
  readonly intervalMs?: number;
  readonly signal?: AbortSignal;
  readonly template?: (text: string) => Promise<string>;
  readonly machines?: string;
  readonly machine?: string;
  readonly state?: string;
  readonly watcher?: string;
}

/** The context of one look of a machine `lamp` in `/m`. */
export function look(options: LookOptions = {}): WatchContext {
  const { machines = "/m", machine = "lamp", watcher = "watcher" } = options;
  return {
    cause: options.cause ?? "interval",
    machine: {
      name: machine,
      version: "1.0.0",
      identity: "node.example.net",
      instance: "0f7f11d2-3c4c-4f16-a4f0-2d3b0ab1c6a4",
      directory: `${machines}/${machine}`,
      machines,
      stateDirectory: `${machines}/.machinist`,
      state: options.state ?? "MANAGE",
    },
    watcher: { name: watcher, type: "test", intervalMs: options.intervalMs ?? 60_000 },
    data: options.data ?? {},
    previous: options.previous,
    template: options.template ?? ((text) => Promise.resolve(text)),
    signal: options.signal ?? new AbortController().signal,
  };
}

/** Templates whose only expressions are these, for example `{{ key }}`. */
export function templates(values: Readonly<Record<string, string>>) {
  return (text: string): Promise<string> => {
    const bad = /\{\{(?!\s*\w+\s*\}\})/.exec(text);
    if (bad !== null) return Promise.reject(new SyntaxError("Cannot expand a template: bad"));
    return Promise.resolve(text.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name) => values[name] ?? ""));
  };
}
