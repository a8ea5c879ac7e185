import { duration, flag, integer, text, texts } from "../machine/field.ts";
import { readProperties } from "../machine/properties.ts";
import type { Data, WatchContext } from "../machine/watcher.ts";
import type { InstallRequest } from "../ports/installer.ts";
import type { Log } from "../ports/log.ts";
import { nameFault } from "../spec/name.ts";
import { escapeReason } from "../util/confine.ts";
import { expand, LookError } from "./failure.ts";

/** Time for a download when the manifest gives none: five seconds, as in the reference, fit nothing real. */
const DEFAULT_TIMEOUT_MS = 15 * 60_000;
const MINIMUM_TIMEOUT_MS = 5_000;

const PROPERTIES = {
  source: text().required(),
  creates: text().required().check((name) => nameFault(name)?.why),
  target: text().required().check((path) =>
    path.startsWith("/") ? undefined : "it is not absolute"
  ),
  checksum: text().required(),
  verify: text().default("SHA256SUMS").check((name) =>
    name === "" ? "it is empty" : name.includes("/") ? "it is not a plain name" : escapeReason(name)
  ),
  verify_checksum: text().required(),
  username: text().default(""),
  password: text().default(""),
  governor: text().default(""),
  governor_timeout: duration().default(300_000),
  timeout: duration().default(DEFAULT_TIMEOUT_MS),
  insecure: flag().default(false),
  splay: duration().default(0),
  size: integer(),
  mirrors: texts().default([]),
  allow_hosts: texts(),
  allow_unlisted: texts().default([]),
};

/** The properties of an archive watcher, checked; makes the request of one look from them. */
export class ArchiveRequest {
  /** Name of the directory that the archive becomes. */
  readonly creates: string;
  /** Milliseconds over which a fleet spreads its first download. */
  readonly splayMs: number;
  readonly #properties: ReturnType<typeof readArchiveProperties>;

  /** Throws TypeError or RangeError naming the property. */
  constructor(properties: Data, log: Log) {
    this.#properties = readArchiveProperties(properties, log);
    this.creates = this.#properties.creates;
    this.splayMs = this.#properties.splay;
  }

  /** Expands the templates as of now. Throws {@linkcode LookError}. */
  async expand(context: Pick<WatchContext, "machine" | "template">): Promise<InstallRequest> {
    const { creates, verify, timeout, size, allow_hosts, allow_unlisted } = this.#properties;
    const field = (name: "source" | "checksum" | "verify_checksum") =>
      expandField(name, { text: this.#properties[name], template: context.template });
    const governor = await expand("governor", {
      text: this.#properties.governor,
      template: context.template,
    });
    if (governor !== "") {
      throw new LookError(
        "Cannot install without the governor that the manifest requires: governors are not supported",
        { code: "governor_unsupported" },
      );
    }
    const credentials = await this.#credentials(context);
    return {
      sources: await Promise.all([
        field("source"),
        ...this.#properties.mirrors.map((mirror) =>
          expandField("mirrors", { text: mirror, template: context.template })
        ),
      ]),
      checksum: digest("checksum", await field("checksum")),
      verify,
      verifyChecksum: digest("verify_checksum", await field("verify_checksum")),
      creates,
      target: this.#target(context),
      timeoutMs: Math.max(MINIMUM_TIMEOUT_MS, timeout),
      ...(credentials === undefined ? {} : { credentials }),
      ...(size === undefined ? {} : { size }),
      ...(allow_hosts === undefined ? {} : { allowHosts: allow_hosts }),
      ...(allow_unlisted.length === 0 ? {} : { allowUnlisted: allow_unlisted }),
    };
  }

  async #credentials(
    context: Pick<WatchContext, "template">,
  ): Promise<InstallRequest["credentials"]> {
    const username = await expand("username", {
      text: this.#properties.username,
      template: context.template,
    });
    if (username === "") return undefined;
    return {
      username,
      password: await expand("password", {
        text: this.#properties.password,
        template: context.template,
      }),
    };
  }

  /** Only the machines directory: elsewhere nothing is journalled, held or kept verified. */
  #target({ machine }: Pick<WatchContext, "machine">): string {
    const target = this.#properties.target.replace(/\/+$/, "");
    if (target !== machine.machines.replace(/\/+$/, "")) {
      throw new LookError(
        `Cannot install into "${target}": the machines directory is "${machine.machines}"`,
        { code: "target" },
      );
    }
    if (machine.directory === `${target}/${this.creates}`) {
      throw new LookError(
        `Cannot install into "${this.creates}": the machine that asks for it runs from there`,
        { code: "name_reserved" },
      );
    }
    return target;
  }
}

function readArchiveProperties(properties: Data, log: Log) {
  const read = readProperties(properties, PROPERTIES, { log });
  if (read.insecure) {
    throw new RangeError(
      'Cannot use property "insecure": TLS certificates are always verified',
    );
  }
  if (read.username !== "" && read.password === "") {
    throw new TypeError(
      'Cannot read property "password": password is required when username is given',
    );
  }
  return read;
}

async function expandField(
  name: string,
  { text, template }: { readonly text: string; readonly template: WatchContext["template"] },
): Promise<string> {
  const value = await expand(name, { text, template });
  if (value !== "") return value;
  throw new LookError(`Cannot use property "${name}": its template gives an empty text`, {
    code: "template",
  });
}

function digest(name: string, value: string): string {
  if (/^[0-9a-fA-F]{64}$/.test(value)) return value.toLowerCase();
  throw new LookError(`Cannot use property "${name}": it is not 64 hexadecimal digits`, {
    code: "checksum",
  });
}
