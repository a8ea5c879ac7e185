import { type Extension, readExtension } from "./extension.ts";
import { Fields } from "./fields.ts";
import { checkKeyCase } from "./key_case.ts";
import { nameFault } from "./name.ts";
import { readSource } from "./source.ts";

/** One machine of the list. Every text is final: nothing in it is ever rendered as a template. */
export interface ManagedMachine {
  /** Name, and name of its directory. */
  readonly name: string;
  /** `http:` or `https:` URL of the archive, without user and password. */
  readonly source: string;
  /** User for the download. */
  readonly username: string | undefined;
  /** Password for the download. */
  readonly password: string | undefined;
  /** Name of the sums file; there is only one. */
  readonly verify: "SHA256SUMS";
  /** SHA-256 of the sums file, 64 lower-case hex digits. */
  readonly verifyChecksum: string;
  /** SHA-256 of the archive, 64 lower-case hex digits. */
  readonly checksum: string;
  /** Match expression; empty matches every node. */
  readonly match: string;
  /** Name of the governor that limits how many nodes download at once. */
  readonly governor: string | undefined;
  /** What goes beyond the reference. */
  readonly extension: Extension;
}

const KEYS = [
  "name",
  "source",
  "username",
  "password",
  "verify",
  "verify_checksum",
  "checksum",
  "match",
  "governor",
  "x",
  "spec",
] as const;

/** Checks what ordinary entries and `_spec` have in common, and gives the fields. Throws SpecError. */
export function entryFields(entry: object, index: number): Fields {
  checkKeyCase(entry, KEYS, { where: `entry ${index}`, index });
  const fields = new Fields(entry, { index });
  for (const field of ["name", "source", "checksum", "verify_checksum"]) fields.required(field);
  return fields;
}

/** Reads one machine. Throws SpecError that names index and field. */
export function readEntry(entry: object, index: number): ManagedMachine {
  const fields = entryFields(entry, index);
  const name = fields.required("name");
  const fault = nameFault(name);
  if (fault !== undefined) {
    throw fields.fault("name", { code: fault.code, is: `refused: ${fault.why}` });
  }
  // Not a mark of a template in a name: that one is refused by its characters.
  for (
    const field of ["source", "username", "password", "checksum", "verify_checksum", "governor"]
  ) {
    if (fields.text(field)?.includes("{{")) {
      throw fields.fault(field, {
        code: "template_unsupported",
        is: "a template",
        hint:
          "texts of a signed list are final: sign one entry for each value, each with its own match",
      });
    }
  }
  const verify = fields.text("verify") ?? "SHA256SUMS";
  if (verify !== "SHA256SUMS" && verify !== "") {
    throw fields.fault("verify", { code: "verify_name", is: 'not "SHA256SUMS"' });
  }
  return {
    name,
    ...readDownload(fields),
    verify: "SHA256SUMS",
    verifyChecksum: readChecksum(fields, "verify_checksum"),
    checksum: readChecksum(fields, "checksum"),
    match: fields.text("match") ?? "",
    governor: plain(fields, "governor"),
    extension: readExtension(fields.object("x"), index),
  };
}

/** SHA-256 as hex in either case, given in lower case. */
export function readChecksum(fields: Fields, field: string): string {
  const value = fields.required(field);
  if (!/^[0-9a-fA-F]{64}$/.test(value)) {
    throw fields.fault(field, { code: "checksum", is: "not 64 hex digits" });
  }
  return value.toLowerCase();
}

function readDownload(fields: Fields): Pick<ManagedMachine, "source" | "username" | "password"> {
  const source = readSource(fields.required("source"));
  if ("code" in source) throw fields.fault("source", { code: source.code, is: source.why });
  const username = plain(fields, "username");
  const password = plain(fields, "password");
  if (source.username === undefined) {
    if (username !== undefined && password === undefined) {
      throw fields.fault("password", {
        code: "field_missing",
        is: "missing, though there is a username",
      });
    }
    return { source: source.url, username, password };
  }
  if (username !== undefined) {
    throw fields.fault("source", {
      code: "source",
      is: "a URL with a user, though there is a username",
    });
  }
  return { source: source.url, username: source.username, password: source.password };
}

/** A text without control characters; empty counts as absent, as the reference has it. */
function plain(fields: Fields, field: string): string | undefined {
  const value = fields.text(field);
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  if (value !== undefined && /[\u0000-\u001f\u007f]/.test(value)) {
    throw fields.fault(field, { code: "text", is: "a text with a control character" });
  }
  return value === "" ? undefined : value;
}
