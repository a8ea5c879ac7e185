import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import { DenoFs } from "../../src/deno/fs.ts";
import { assembleWatchers } from "../../src/machine/assemble.ts";
import { parseManifest } from "../../src/machine/manifest.ts";
import { ManifestError } from "../../src/machine/manifest_error.ts";
import type { Ports } from "../../src/ports/ports.ts";
import {
  FakeClock,
  FakeNode,
  FakeProcess,
  MemoryKv,
  MemoryLog,
  MemorySink,
} from "../../src/testing/mod.ts";
import { BUILT_IN_WATCHERS } from "../../src/watchers/built_in.ts";

const FRAME = `
name: example
version: 1.0.0
initial_state: MANAGE
transitions:
  - { name: enter_maintenance, from: [MANAGE], destination: MAINTENANCE }
  - { name: resume, from: [MAINTENANCE], destination: MANAGE }
`;

function ports(log: MemoryLog): Ports {
  const unused = () => Promise.reject(new Error("Cannot be asked: nothing looks"));
  return {
    clock: new FakeClock(),
    fs: new DenoFs(),
    kv: new MemoryKv(),
    process: new FakeProcess(),
    log,
    events: new MemorySink(),
    node: new FakeNode(),
    installer: { install: unused, check: unused },
    neighbours: { hold: unused },
    admission: { admit: unused },
    random: () => 0.5,
  };
}

Deno.test("BUILT_IN_WATCHERS() has each type once, sorted", () => {
  const types = BUILT_IN_WATCHERS.map(({ type }) => type);
  deepStrictEqual(types, [...new Set(types)].sort());
});

for (const { type } of BUILT_IN_WATCHERS) {
  Deno.test(`BUILT_IN_WATCHERS() has a page on ${type} whose manifest works`, () => {
    const page = Deno.readTextFileSync(
      new URL(`../../docs/watchers/${type}.md`, import.meta.url),
    );
    const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1]);
    ok(examples.length > 0);
    for (const example of examples) {
      const { definition, warnings } = parseManifest(`${FRAME}${example}`);
      const log = new MemoryLog();
      const assembled = assembleWatchers(definition, {
        types: BUILT_IN_WATCHERS,
        ports: ports(log),
      });
      strictEqual(assembled.some(({ definition: { type: made } }) => made === type), true);
      deepStrictEqual(warnings, []);
      deepStrictEqual(log.messages().filter((message) => message.includes("not known")), []);
    }
  });

  Deno.test(`BUILT_IN_WATCHERS() documents all properties of ${type}`, () => {
    const page = Deno.readTextFileSync(
      new URL(`../../docs/watchers/${type}.md`, import.meta.url),
    );
    const source = [`${type}.ts`, `${type}_request.ts`, `${type}_properties.ts`].map((file) =>
      new URL(`../../src/watchers/${file}`, import.meta.url)
    ).map((url) => readIfThere(url)).join("\n");
    const schema = /const PROPERTIES = \{\n([\s\S]*?)\n\};/.exec(source)?.[1] ?? "";
    const names = [...schema.matchAll(/^ {2}(\w+):/gm)].map((match) => match[1] ?? "");
    ok(names.length > 0);
    deepStrictEqual(names.filter((name) => !page.includes(`\`${name}\``)), []);
  });
}

Deno.test("BUILT_IN_WATCHERS() has no other types, and a manifest that names one is told", () => {
  const { definition } = parseManifest(`${FRAME}
watchers:
  - { name: odd, type: metric }
`);
  throws(
    () => assembleWatchers(definition, { types: BUILT_IN_WATCHERS, ports: ports(new MemoryLog()) }),
    (error) => error instanceof ManifestError && error.message.includes("unknown watcher 'metric'"),
  );
});

function readIfThere(url: URL): string {
  try {
    return Deno.readTextFileSync(url);
  } catch {
    return "";
  }
}
