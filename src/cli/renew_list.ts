import type { KvBucket } from "../ports/kv.ts";
import { type Envelope, readEnvelope } from "../spec/envelope.ts";
import { lint } from "../spec/lint.ts";
import type { SpecificationMeta } from "../spec/meta.ts";
import { pack } from "../spec/pack.ts";
import type { PrivateKey } from "../spec/private_key.ts";
import type { PublicKey } from "../spec/public_key.ts";
import { formatTime, writeSpecEntry } from "../spec/spec_entry.ts";
import { verify } from "../spec/verify.ts";
import { CommandError } from "./command_error.ts";
import { EXIT } from "./exit_code.ts";
import { newestVersion } from "./next_version.ts";
import { refuseStale } from "./refuse_stale.ts";
import { readStored } from "./stored_list.ts";

/** Options of {@linkcode renewList}. */
export interface RenewOptions {
  /** Where the versions of other editions are looked up. */
  readonly bucket: KvBucket;
  /** Key of the specification. */
  readonly key: string;
  /** What the store holds now. */
  readonly newest: Uint8Array | undefined;
  /** Keys that may have signed. */
  readonly keys: readonly PublicKey[];
  /** Reads the keys that sign anew; asked only when that is needed. */
  readonly signers: () => Promise<readonly PrivateKey[]>;
  /** Expiry of the new edition; undefined: as long as before. */
  readonly expires: string | undefined;
  /** Wall-clock time, milliseconds since the epoch. */
  readonly now: number;
}

/**
 * An older list as it is to be stored again: as it was, or with a version above all others and new signatures where
 * versions are stated, because nodes refuse one that goes back. Throws SpecError and CommandError.
 */
export async function renewList(value: Uint8Array, options: RenewOptions): Promise<Uint8Array> {
  const { bucket, key, keys, now } = options;
  const envelope = readEnvelope(value);
  if (envelope.signature === undefined && envelope.signatures.length === 0) {
    throw refuse("it is not signed", { code: "sig_missing" });
  }
  if (keys.length > 0) verify(envelope, { keys });
  const { meta } = lint(envelope.payload);
  const newest = options.newest === undefined ? undefined : readStored(options.newest, keys);
  if (meta?.version === undefined && newest?.version === undefined) return value;
  const signers = await options.signers();
  if (signers.length === 0) {
    throw refuse("its version is older than the newest", {
      code: "rollback",
      hint: "--sign-key KEY signs it again with a new version",
    });
  }
  // Whoever can write to the store must not get an old list of their own, or a version of theirs, signed by us.
  const trusted = [...keys, ...signers.map(({ publicKey }) => publicKey)];
  verify(envelope, { keys: trusted });
  const current = options.newest === undefined ? undefined : readStored(options.newest, trusted);
  const others = await newestVersion(bucket, { key, keys: trusted });
  const kept = current?.verified === true ? current.meta : undefined;
  const payload = writeSpecEntry(withTrustOf(envelope, kept), {
    issued: now,
    version: Math.max(others ?? 0, meta?.version ?? 0) + 1,
    expires: options.expires ?? lifetime(meta, now),
    revoke: kept?.revoked.length ? kept.revoked : undefined,
    trust: kept?.keys?.keys,
    threshold: kept?.keys?.threshold,
  });
  const renewed = new TextEncoder().encode(`${pack(payload, { keys: signers })}\n`);
  await refuseStale(readEnvelope(renewed), { bucket, key, keys: trusted, now });
  return renewed;
}

/** Without the keys of then: who signs is not rolled back, or a node would be asked to trust an old key again. */
function withTrustOf({ payload }: Envelope, kept: SpecificationMeta | undefined): Uint8Array {
  if (kept === undefined) return payload;
  const list: unknown = JSON.parse(new TextDecoder().decode(payload));
  if (!Array.isArray(list) || list[0]?.name !== "_spec") return payload;
  const { keys: _, ...spec } = list[0].spec ?? {};
  const text = JSON.stringify([{ ...list[0], spec }, ...list.slice(1)]);
  return new TextEncoder().encode(text);
}

/** As long from now as the old edition was meant for. */
function lifetime(meta: SpecificationMeta | undefined, now: number): string | undefined {
  if (meta?.expires === undefined) return undefined;
  if (meta.issued !== undefined && meta.expires > meta.issued) {
    return formatTime(now + meta.expires - meta.issued);
  }
  if (meta.expires > now) return undefined;
  throw refuse("it has expired", {
    code: "expired",
    hint: "--expires 60d gives it two more months",
  });
}

function refuse(
  why: string,
  { code, hint }: { readonly code: string; readonly hint?: string },
): CommandError {
  return new CommandError(`Cannot roll back to this list: ${why}`, {
    code,
    exit: EXIT.failed,
    ...(hint === undefined ? {} : { hint }),
  });
}
