import type { PrivateKey } from "../spec/private_key.ts";
import { KeyError } from "../spec/key_error.ts";
import { formatTime, type SpecEntryChange } from "../spec/spec_entry.ts";
import { parseDuration } from "../util/duration.ts";
import type { OptionUsage } from "./command.ts";
import { CommandError } from "./command_error.ts";
import { EXIT } from "./exit_code.ts";
import type { Input } from "./input.ts";
import { keyText, publicKeyFrom, publicKeysFrom } from "./public_key_text.ts";
import type { Terminal } from "./terminal.ts";

/** What makes or changes the `_spec` element of a list. */
export const SPEC_ENTRY_OPTIONS: readonly OptionUsage[] = [
  {
    flags: "--spec-version <N>",
    about: "number of this edition, or next: one above the newest signed one of the store",
  },
  { flags: "--previous <FILE>", about: "with next: the packed file before, instead of the store" },
  {
    flags: "--expires <WHEN>",
    about: "not taken up after: 60d, 2026-12-22T16:00:00Z, or never",
  },
  { flags: "--channel <NAME>", about: "for which fleet it is: nodes of another refuse it" },
  {
    flags: "--allow-purge <NAME>",
    about: "a machine that may go past the purge guard, * for any",
    many: true,
  },
  {
    flags: "--trust <KEY>",
    about: "public key that signs from the next edition on, instead of those before",
    many: true,
  },
  { flags: "--threshold <N>", about: "how many of the trusted keys must sign" },
  { flags: "--revoke <KEY>", about: "public key that nodes never trust again", many: true },
  { flags: "--crit <NAME>", about: "an extension that a node must know", many: true },
];

/** Flags of {@linkcode SPEC_ENTRY_OPTIONS} that change the element by themselves. */
const CHANGES = [
  "spec-version",
  "expires",
  "channel",
  "allow-purge",
  "trust",
  "threshold",
  "revoke",
  "crit",
] as const;

/** Options of {@linkcode readSpecChange}. */
export interface SpecChangeOptions {
  /** Wall-clock time, milliseconds since the epoch. */
  readonly now: number;
  /** Keys that are about to sign: what they have signed before is believed. */
  readonly signers: readonly PrivateKey[];
  /** The version that the list itself states, which `next` goes beyond too. */
  readonly version: number | undefined;
}

/** The flags of the `_spec` element that were given. */
export function givenSpecFlags(input: Input): readonly string[] {
  return CHANGES.filter((name) => input.given(name));
}

/** What the flags make of the `_spec` element; undefined when none was given. Throws CommandError. */
export async function readSpecChange(
  input: Input,
  io: Terminal,
  { now, signers, version }: SpecChangeOptions,
): Promise<SpecEntryChange | undefined> {
  const text = input.text("spec-version");
  if (input.given("previous") && text !== "next") {
    throw usage("Cannot use --previous: it goes with --spec-version next");
  }
  if (givenSpecFlags(input).length === 0) return undefined;
  const next = async () => {
    const { nextVersion } = await import("./next_version.ts");
    return await nextVersion(input, io, { signers, version });
  };
  const given = <T>(name: string, value: T) => input.given(name) ? value : undefined;
  return {
    issued: now,
    version: text === "next" ? await next() : input.number("spec-version"),
    expires: expiry(input.text("expires"), now),
    channel: input.text("channel"),
    crit: given("crit", input.list("crit")),
    allowPurge: given("allow-purge", input.list("allow-purge")),
    trust: given("trust", await publicKeysFrom(input.list("trust"), io)),
    threshold: input.number("threshold"),
    revoke: given("revoke", await revokedFrom(input.list("revoke"), io)),
  };
}

/** A time as lists carry it, from a time or a duration from now; undefined when neither was given. */
export function expiry(text: string | undefined, now: number): string | undefined {
  if (text === undefined || text === "never") return text;
  if (/^\d{4}-/.test(text)) {
    if (!Number.isNaN(Date.parse(text))) return text;
  } else {
    try {
      const ms = parseDuration(text);
      if (ms > 0) return formatTime(now + ms);
    } catch {
      // Said below.
    }
  }
  throw usage(
    `Cannot read --expires "${text}": neither a duration such as 60d nor a time such as 2026-12-22T16:00:00Z`,
  );
}

/** Keys to revoke need not be fit for use: that may be why. */
async function revokedFrom(typed: readonly string[], io: Terminal): Promise<readonly string[]> {
  return await Promise.all(typed.map(async (one) => {
    const text = await keyText(one, io);
    const bare = text.trim();
    if (/^[0-9a-fA-F]{64}$/.test(bare)) return bare.toLowerCase();
    try {
      return (await publicKeyFrom(one, io)).hex;
    } catch (error) {
      if (!(error instanceof KeyError)) throw error;
      throw usage(`Cannot read --revoke: ${error.message}`);
    }
  }));
}

function usage(message: string): CommandError {
  return new CommandError(message, { code: "usage", exit: EXIT.usage });
}
