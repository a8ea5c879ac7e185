import { deepStrictEqual, strictEqual, throws } from "node:assert";
import { loadNatsContext } from "../../src/nats/context.ts";
import { secretText } from "../../src/nats/options.ts";

const DIRECTORY = "/home/me/.config/nats";

function load(files: Readonly<Record<string, string>>, name?: string) {
  return loadNatsContext({
    directory: DIRECTORY,
    home: "/home/me",
    readFile: (path) => files[path],
    ...(name === undefined ? {} : { name }),
  });
}

const file = (value: object) => ({ [`${DIRECTORY}/context/ngs.json`]: JSON.stringify(value) });

Deno.test("loadNatsContext() reads servers and passwords of a named context", () => {
  const context = {
    url: "nats://a:4222, tls://b:4222",
    user: "u",
    password: "p",
    token: "",
    creds: "",
  };
  deepStrictEqual(load(file(context), "ngs"), {
    servers: ["nats://a:4222", "tls://b:4222"],
    user: "u",
    password: "p",
  });
});

Deno.test("loadNatsContext() takes the selected context when none is named", () => {
  const files = { ...file({ url: "nats://a" }), [`${DIRECTORY}/context.txt`]: "ngs\n" };
  deepStrictEqual(load(files)?.servers, ["nats://a"]);
  strictEqual(load(file({})), undefined);
  deepStrictEqual(load(file({}), "ngs")?.servers, ["nats://127.0.0.1:4222"]);
});

Deno.test("loadNatsContext() reads the files that it names at every connection", async () => {
  const files: Record<string, string> = {
    ...file({
      creds: "~/me.creds",
      nkey: "/keys/nk",
      ca: "/tls/ca",
      cert: "/tls/cert",
      key: "/tls/key",
      tls_first: true,
    }),
    "/home/me/me.creds": "one",
    "/keys/nk": "SU",
    "/tls/ca": "CA",
    "/tls/cert": "CERT",
    "/tls/key": "KEY",
  };
  const context = load(files, "ngs");
  strictEqual(await secretText(context?.creds), "one");
  files["/home/me/me.creds"] = "two";
  strictEqual(await secretText(context?.creds), "two");
  strictEqual(await secretText(context?.nkey), "SU");
  strictEqual(await secretText(context?.tls?.key), "KEY");
  deepStrictEqual([context?.tls?.ca, context?.tls?.cert, context?.tls?.first], [
    "CA",
    "CERT",
    true,
  ]);
});

Deno.test("loadNatsContext() reads JetStream's and the inbox's prefixes, and a JWT with its seed", () => {
  deepStrictEqual(load(file({ jetstream_domain: "leaf", inbox_prefix: "_INBOX.me" }), "ngs"), {
    servers: ["nats://127.0.0.1:4222"],
    inboxPrefix: "_INBOX.me",
    apiPrefix: "$JS.leaf.API",
  });
  strictEqual(load(file({ jetstream_api_prefix: "JS.x" }), "ngs")?.apiPrefix, "JS.x");
  const creds = load(file({ user_jwt: "eyJ", user_seed: "SUA" }), "ngs")?.creds;
  strictEqual(/JWT-----\neyJ\n[^]*SEED-----\nSUA\n/.test(String(creds)), true);
});

for (
  const [when, name, text, error] of [
    ["it does not exist", "other", "{}", RangeError],
    ["its name leads elsewhere", "../ngs", "{}", RangeError],
    ["its file is not JSON", "ngs", "{", SyntaxError],
    ["its file is no object", "ngs", "3", SyntaxError],
    ["it wants nsc", "ngs", '{"nsc":"nsc://x"}', SyntaxError],
  ] as const
) {
  Deno.test(`loadNatsContext() throws ${error.name} when ${when}`, () => {
    throws(() => load({ [`${DIRECTORY}/context/ngs.json`]: text }, name), error);
  });
}

Deno.test("loadNatsContext() throws at the connection when a file that it names is gone", () => {
  throws(() => secretTextSync(load(file({ creds: "/gone" }), "ngs")?.creds), RangeError);
});

function secretTextSync(secret: unknown): unknown {
  return typeof secret === "function" ? secret() : secret;
}
