import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { encodeEnvelope, readEnvelope } from "../../src/spec/envelope.ts";
import { pack } from "../../src/spec/pack.ts";
import { PrivateKey, signPayload } from "../../src/spec/private_key.ts";
import { PublicKey } from "../../src/spec/public_key.ts";
import { SpecError } from "../../src/spec/spec_error.ts";
import { findSigners, trustUnsigned, verify } from "../../src/spec/verify.ts";
import { bytes, data, entry, key, SEED_PRIVATE, SEED_PUBLIC } from "./fixture.ts";

const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const payload = bytes(JSON.stringify([entry()]) + "\n");
const keys = [key(1).publicKey];

/** An envelope whose signature is replaced. */
const signed = (signature: string | undefined, over = payload) =>
  readEnvelope(bytes(encodeEnvelope({ payload: over, signature })));
const good = signPayload(payload, key(1));
const refuses = (signature: string, code = "sig_invalid") =>
  throws(() => verify(signed(signature), { keys }), { name: "SpecError", code });

Deno.test("verify() accepts the seed document's example, and pack() makes it byte for byte", () => {
  const envelope = readEnvelope(data("seed_spec.json"));
  const trusted = verify(envelope, { keys: [PublicKey.parse(SEED_PUBLIC)] });
  deepStrictEqual(trusted.payload, data("seed_machines.json"));
  deepStrictEqual(trusted.signers.map(({ hex }) => hex), [SEED_PUBLIC]);
  const packed = pack(data("seed_machines.json"), { keys: [PrivateKey.parse(SEED_PRIVATE)] });
  strictEqual(`${packed}\n`, new TextDecoder().decode(data("seed_spec.json")));
});

Deno.test("verify() refuses the seed document's example once a byte is trimmed or added", () => {
  const { signature } = readEnvelope(data("seed_spec.json"));
  const original = data("seed_machines.json");
  for (const other of [original.slice(0, -1), Uint8Array.of(...original, 10)]) {
    const seed = { keys: [PublicKey.parse(SEED_PUBLIC)] };
    throws(() => verify(signed(signature, other), seed), { code: "sig_invalid" });
  }
});

Deno.test("verify() refuses what is not signed (#17)", () => {
  throws(() => verify(signed(undefined), { keys }), { code: "sig_missing" });
});

Deno.test("verify() refuses the signature of another key (#20)", () => {
  refuses(signPayload(payload, key(2)));
});

Deno.test("verify() refuses any changed byte of the signature and of the payload", () => {
  for (let at = 0; at < 64; at++) {
    const changed = Uint8Array.fromHex(good);
    changed[at] = (changed[at] ?? 0) ^ 1;
    refuses(changed.toHex());
  }
  for (let at = 0; at < payload.length; at += 7) {
    const changed = payload.slice();
    changed[at] = (changed[at] ?? 0) ^ 1;
    throws(() => verify(signed(good, changed), { keys }), { code: "sig_invalid" });
  }
});

const others: [string, Uint8Array, string][] = [
  ["the base64 text", bytes(payload.toBase64()), "base64"],
  ["the payload and a newline", Uint8Array.of(...payload, 10), "newline added"],
  ["the payload without its newline", payload.slice(0, -1), "last newline"],
];
for (const [what, bytes, hint] of others) {
  Deno.test(`verify() refuses a signature over ${what}, and says so (#21)`, () => {
    throws(
      () => verify(signed(signPayload(bytes, key(1))), { keys }),
      (error: unknown) =>
        error instanceof SpecError && error.code === "sig_invalid" &&
        (error.hint ?? "").includes(hint),
    );
  });
}

Deno.test("verify() refuses a signature over the JSON written anew, and says so (#21)", () => {
  const spaced = bytes(JSON.stringify([entry()], null, 1));
  const envelope = signed(signPayload(bytes(JSON.stringify([entry()])), key(1)), spaced);
  throws(
    () => verify(envelope, { keys }),
    (error: unknown) => error instanceof SpecError && (error.hint ?? "").includes("anew"),
  );
});

Deno.test("verify() refuses malleable signatures (#22)", () => {
  const r = good.slice(0, 64);
  const s = BigInt(`0x${Uint8Array.fromHex(good.slice(64)).toReversed().toHex()}`);
  const hex = (n: bigint) =>
    Uint8Array.fromHex(n.toString(16).padStart(64, "0")).toReversed().toHex();
  strictEqual(hex(s), good.slice(64));
  const max = 2n ** 256n;
  const variants = [0n, L, 2n ** 256n - 1n, s | (1n << 255n), s | (1n << 254n), s | (1n << 253n)];
  for (let added = s + L; added < max; added += L) variants.push(added);
  for (const other of variants) refuses(r + hex(other));
});

Deno.test("verify() refuses R and S that are special or not canonical (#23)", () => {
  const P = 2n ** 255n - 19n;
  const hex = (n: bigint) =>
    Uint8Array.fromHex(n.toString(16).padStart(64, "0")).toReversed().toHex();
  const top = 1n << 255n;
  const special = [0n, 1n, L - 1n, L, P - 1n, P, P + 1n, 2n ** 255n - 1n, top, top + 1n, top + P];
  for (const r of special) {
    for (const s of special) refuses(hex(r) + hex(s));
    refuses(hex(r) + good.slice(64));
    refuses(good.slice(0, 64) + hex(r));
  }
});

Deno.test("PublicKey.verify() is false for a signature of another length", () => {
  for (const length of [0, 32, 63, 65, 128]) {
    strictEqual(keys[0]?.verify(payload, new Uint8Array(length)), false);
  }
});

Deno.test("verify() tries every key, and counts distinct keys against the threshold (#62)", () => {
  const all = [1, 2, 3].map((n) => key(n).publicKey);
  const both = readEnvelope(bytes(pack(payload, { keys: [key(1), key(2)] })));
  deepStrictEqual(
    findSigners(both, all).map(({ hex }) => hex),
    all.slice(0, 2).map(({ hex }) => hex),
  );
  strictEqual(verify(both, { keys: all, threshold: 2 }).signers.length, 2);
  strictEqual(verify(both, { keys: all.slice(1) }).signers.length, 1);
  throws(() => verify(both, { keys: all, threshold: 3 }), { code: "threshold" });
  const one = { keyid: key(2).publicKey.id, sig: signPayload(payload, key(2)) };
  const twice = readEnvelope(bytes(encodeEnvelope({
    payload,
    signature: one.sig,
    signatures: [one, one],
  })));
  strictEqual(verify(twice, { keys: all }).signers.length, 1);
  throws(() => verify(twice, { keys: all, threshold: 2 }), { code: "threshold" });
  const again = [all[1], all[1]].flatMap((item) => item ?? []);
  throws(() => verify(twice, { keys: again, threshold: 2 }), { code: "threshold" });
});

Deno.test("verify() does not count a signature under the id of another key", () => {
  const envelope = readEnvelope(bytes(encodeEnvelope({
    payload,
    signatures: [{ keyid: key(1).publicKey.id, sig: signPayload(payload, key(2)) }],
  })));
  throws(() => verify(envelope, { keys: [key(1).publicKey, key(2).publicKey] }), {
    code: "sig_invalid",
  });
});

Deno.test("verify() wants a key and a threshold that mean something", () => {
  throws(() => verify(signed(good), { keys: [] }), TypeError);
  throws(() => verify(signed(good), { keys, threshold: 0 }), RangeError);
  throws(() => verify(signed(good), { keys, threshold: NaN }), RangeError);
});

Deno.test("trustUnsigned() names no signer", () => {
  const trusted = trustUnsigned(signed(undefined));
  deepStrictEqual(trusted.signers, []);
  deepStrictEqual(trusted.payload, payload);
});
