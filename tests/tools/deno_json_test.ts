import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { listFiles } from "../../tools/list_files.ts";
import { ROOT } from "../support/cli.ts";

interface PermissionSet {
  readonly env?: readonly string[];
  readonly net?: readonly string[];
  readonly run?: boolean;
}

interface DenoJson {
  readonly imports: Readonly<Record<string, string>>;
  readonly permissions: Readonly<Record<string, PermissionSet>>;
  readonly tasks: Readonly<Record<string, { readonly command: string }>>;
}

const CONFIG: DenoJson = JSON.parse(Deno.readTextFileSync(`${ROOT}/deno.json`));

Deno.test("imports() name each package with one exact version, and each is used", () => {
  const sources = listFiles(`${ROOT}/`, { suffix: ".ts" })
    .filter((path) => !path.startsWith("tools/"))
    .map((path) => Deno.readTextFileSync(`${ROOT}/${path}`)).join("\n");
  for (const specifier of Object.values(CONFIG.imports)) {
    match(specifier, /^npm:(?:@[\w-]+\/)?[\w-]+@\d+\.\d+\.\d+$/);
  }
  const unused = Object.keys(CONFIG.imports).filter((name) => !sources.includes(`"${name}"`));
  deepStrictEqual(unused, []);
});

Deno.test("tasks() start files that are there", () => {
  const files = Object.values(CONFIG.tasks).flatMap(({ command }) =>
    command.match(/[\w/]+\.ts\b/g) ?? []
  );
  deepStrictEqual(files.filter((file) => !exists(`${ROOT}/${file}`)), []);
});

Deno.test("permissions() of publish, manage and run allow the variables that the command line reads", () => {
  const text = ["src/cli/node_settings.ts", "src/cli/options.ts"]
    .map((path) => Deno.readTextFileSync(`${ROOT}/${path}`)).join("\n");
  const names = new Set(text.match(/\b(?:MACHINIST|NATS)_[A-Z_]+\b/g));
  // Contexts are files below the home directory, which no set grants.
  names.delete("NATS_CONTEXT");
  ok(names.size > 5);
  const { publish, manage, run } = CONFIG.permissions;
  for (const set of [manage, run]) {
    deepStrictEqual([...names].filter((name) => !set?.env?.includes(name)), []);
  }
  const store = [...names].filter((name) => name.startsWith("NATS_") || name.endsWith("_STORE"));
  deepStrictEqual(store.filter((name) => !publish?.env?.includes(name)), []);
});

Deno.test("permissions() of run and manage may run nothing, and of host may reach nothing", () => {
  strictEqual(CONFIG.permissions.run?.run, undefined);
  strictEqual(CONFIG.permissions.manage?.run, undefined);
  strictEqual(CONFIG.permissions.host?.net, undefined);
});

for (const name of Object.keys(CONFIG.permissions)) {
  Deno.test(`permissions() of ${name} are enough to start`, async () => {
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "-q", `-P=${name}`, "cli.ts", "--version"],
      cwd: ROOT,
    }).output();
    strictEqual(code, 0);
    match(new TextDecoder().decode(stdout), /^machinist \d/);
  });
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
