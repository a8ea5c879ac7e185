import { loadNatsContext } from "../nats/context.ts";
import type { NatsOptions, NatsTls, SecretText } from "../nats/options.ts";
import { absolutePath } from "./absolute_path.ts";
import type { Input } from "./input.ts";
import type { Terminal } from "./terminal.ts";

/** Whether the store that the options name is NATS, and no directory. */
export function isNatsStore(input: Input): boolean {
  if (!input.given("store") && input.given("context")) return true;
  return !(input.text("store") ?? "").startsWith("file:");
}

/**
 * How the options say to reach NATS: those of a context of the `nats` command, with what was given here before
 * them. Files with secrets are read at every connection, so that a rotated one counts at once.
 */
export function natsSettings(input: Input, io: Terminal): NatsOptions {
  const context = input.given("context") ? contextOf(input.text("context") ?? "", io) : undefined;
  const text = (name: string) => given(input, name);
  const secret = (name: string): SecretText | undefined => {
    const path = text(name);
    return path === undefined ? undefined : () => fileText(path, io);
  };
  const tls = tlsSettings(context?.tls, {
    ca: text("tlsca"),
    cert: text("tlscert"),
    key: secret("tlskey"),
    io,
  });
  const servers = input.given("store") || context === undefined
    ? (input.text("store") ?? "").split(",").map((url) => url.trim()).filter((url) => url !== "")
    : context.servers;
  const creds = secret("creds");
  const nkey = secret("nkey");
  const user = text("user");
  const password = text("password");
  return {
    ...context,
    servers,
    name: "machinist",
    ...(creds === undefined ? {} : { creds }),
    ...(nkey === undefined ? {} : { nkey }),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls }),
  };
}

function given(input: Input, name: string): string | undefined {
  const text = input.text(name);
  return text === "" ? undefined : text;
}

function contextOf(name: string, io: Terminal): NatsOptions | undefined {
  const home = io.env("HOME");
  const settings = io.env("XDG_CONFIG_HOME") ?? `${home ?? ""}/.config`;
  return loadNatsContext({
    name,
    directory: `${settings}/nats`,
    ...(home === undefined ? {} : { home }),
    readFile: (path) => io.readText(path),
  });
}

function tlsSettings(
  context: NatsTls | undefined,
  { ca, cert, key, io }: {
    readonly ca: string | undefined;
    readonly cert: string | undefined;
    readonly key: SecretText | undefined;
    readonly io: Terminal;
  },
): NatsTls | undefined {
  if (ca === undefined && cert === undefined && key === undefined) return context;
  return {
    ...context,
    ...(ca === undefined ? {} : { ca: fileText(ca, io) }),
    ...(cert === undefined ? {} : { cert: fileText(cert, io) }),
    ...(key === undefined ? {} : { key }),
  };
}

function fileText(path: string, io: Terminal): string {
  const text = io.readText(absolutePath(path, io.cwd));
  if (text === undefined) throw new RangeError(`Cannot read "${path}": it does not exist`);
  return text;
}
