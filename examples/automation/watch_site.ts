/**
 * A machine made in code, with a watcher type of its own beside a built-in one: `watch_site.ts DIRECTORY URL`. Tells
 * each transition until it is stopped.
 */
import {
  denoPorts,
  DirectoryKv,
  Machine,
  type MachineDefinition,
  TimerWatcher,
  WorkerInstaller,
} from "../../mod.ts";
import { siteWatcher } from "./site_watcher.ts";

const [directory = "", url = ""] = Deno.args;
if (!directory.startsWith("/")) {
  throw new TypeError('Cannot watch the site: say "watch_site.ts /path/of/directory URL"');
}

const definition: MachineDefinition = {
  name: "site",
  version: "1.0.0",
  initialState: "UNKNOWN",
  transitions: [
    { name: "came_up", from: ["UNKNOWN", "DOWN", "ALERT"], destination: "UP" },
    { name: "went_down", from: ["UNKNOWN", "UP"], destination: "DOWN" },
    { name: "stayed_down", from: ["DOWN"], destination: "ALERT" },
  ],
  watchers: [
    {
      name: "home_page",
      type: "site",
      interval: "1s",
      successTransition: "came_up",
      failTransition: "went_down",
      properties: { url },
    },
    {
      name: "patience",
      type: "timer",
      stateMatch: ["DOWN"],
      failTransition: "stayed_down",
      properties: { timer: "2s" },
    },
  ],
};

const { fetch, ...ports } = denoPorts({ log: { level: "warn" } });
const stateDirectory = `${directory}/.machinist`;
await Deno.mkdir(stateDirectory, { recursive: true });
await using kv = new DirectoryKv({ ...ports, directory: `${directory}/store` });
await using installer = new WorkerInstaller({ ...ports, fetch, stateDirectory });

const machine = new Machine({
  definition,
  directory,
  machinesDirectory: directory,
  stateDirectory,
  types: [siteWatcher(fetch), TimerWatcher],
  ports: {
    ...ports,
    kv,
    installer,
    events: { publish() {} },
    // It is alone, and nobody but this program says what may run.
    neighbours: { hold: () => Promise.resolve({ async [Symbol.asyncDispose]() {} }) },
    admission: { admit: () => Promise.resolve({ ok: true }) },
  },
  onTransition: ({ event, from, to }) => console.log(`${event}: ${from} -> ${to}`),
});

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => stop.abort());
}
await machine.run({ signal: stop.signal });
