import type { KvBucket } from "../ports/kv.ts";
import { MAX_ENVELOPE_BYTES } from "../spec/limits.ts";
import type { PrivateKey } from "../spec/private_key.ts";
import type { PublicKey } from "../spec/public_key.ts";
import { CommandError } from "./command_error.ts";
import { EXIT } from "./exit_code.ts";
import type { Input } from "./input.ts";
import { publicKeysFrom } from "./public_key_text.ts";
import { openStore } from "./store.ts";
import { readStored, type StoredList } from "./stored_list.ts";
import type { Terminal } from "./terminal.ts";

/** Options of {@linkcode nextVersion}. */
export interface NextVersionOptions {
  /** Keys that are about to sign. */
  readonly signers: readonly PrivateKey[];
  /** The version that the list itself states. */
  readonly version: number | undefined;
}

/**
 * One above the newest version: of the file that `--previous` names, or of the store, and of the list itself. Only what
 * `--public-key` or a signer has signed counts, or whoever can write to the store could have the highest version of
 * all signed, after which nodes take nothing any more. Throws CommandError.
 */
export async function nextVersion(
  input: Input,
  io: Terminal,
  { signers, version = 0 }: NextVersionOptions,
): Promise<number> {
  const given = await publicKeysFrom(input.list("public-key"), io);
  const keys = [...given, ...signers.map(({ publicKey }) => publicKey)];
  const file = input.text("previous");
  const newest = file === undefined
    ? await versionInStore(input, io, keys)
    : await versionInFile(file, io, keys);
  return Math.max(newest ?? 0, version) + 1;
}

async function versionInFile(file: string, io: Terminal, keys: readonly PublicKey[]) {
  const list = readStored(await io.readFile(file, MAX_ENVELOPE_BYTES + 1), keys);
  if (list.fault === undefined || list.version !== undefined && list.verified !== false) {
    return list.version;
  }
  throw refuse(`file "${file}"`, list);
}

async function versionInStore(input: Input, io: Terminal, keys: readonly PublicKey[]) {
  await using store = await openStore(input, io);
  const key = input.text("key") ?? "";
  return await newestVersion(store.bucket(input.text("bucket") ?? ""), { key, keys });
}

/** Where {@linkcode newestVersion} looks, and whom it believes. */
export interface NewestOptions {
  /** Key of the specification. */
  readonly key: string;
  /** Who must have signed; empty: anybody. */
  readonly keys: readonly PublicKey[];
}

/** The highest version among the kept revisions that one of the keys signed; undefined when there is none. */
export async function newestVersion(
  bucket: KvBucket,
  { key, keys }: NewestOptions,
): Promise<number | undefined> {
  const newest = await bucket.get(key);
  if (newest.kind === "absent" && newest.why !== "deleted") return undefined;
  const kept = (await bucket.history(key)).flatMap(({ value }) => value ?? []);
  const lists = kept.map((value) => readStored(value, keys));
  const versions = lists.filter(({ verified }) => verified !== false)
    .flatMap(({ version }) => version ?? []);
  if (versions.length > 0) return Math.max(...versions);
  const last = lists.at(-1);
  if (last !== undefined && last.verified === false) throw refuse(`key "${key}"`, last);
  return undefined;
}

function refuse(what: string, { fault }: StoredList): CommandError {
  return new CommandError(`Cannot count on from ${what}: ${fault?.message ?? "it is not signed"}`, {
    code: fault?.code ?? "sig_invalid",
    exit: EXIT.failed,
    hint: "--public-key names who signed it, --spec-version N sets the number",
  });
}
