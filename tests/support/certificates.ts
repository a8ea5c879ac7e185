import {
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from "node:crypto";

/** PEM texts. */
export interface Certificate {
  /** The certificate. */
  readonly cert: string;
  /** Its private key. */
  readonly key: string;
}

/** A certificate authority made for one test, with what it signed. */
export interface TestCertificates {
  /** The authority's certificate, PEM. */
  readonly ca: string;
  /** For 127.0.0.1 and localhost. */
  readonly server: Certificate;
  /** For a client named `client`. */
  readonly client: Certificate;
}

/** Makes an authority, a server's and a client's certificate: P-256, valid for a day around now. */
export function makeCertificates(): TestCertificates {
  const authority = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issue = (options: Omit<IssueOptions, "issuer" | "issuerKey">) =>
    certificate({ ...options, issuer: "Machinist test CA", issuerKey: authority.privateKey });
  const signed = (subject: string, extensions: readonly Uint8Array[]): Certificate => {
    const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    return {
      cert: issue({ subject, publicKey: pair.publicKey, extensions }),
      key: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    };
  };
  return {
    ca: issue({
      subject: "Machinist test CA",
      publicKey: createPublicKey(authority.privateKey),
      extensions: [
        extension([0x55, 0x1d, 0x13], sequence(der(0x01, [0xff])), true), // basicConstraints: CA
        extension([0x55, 0x1d, 0x0f], der(0x03, [0x01, 0x06]), true), // keyUsage: sign certificates, lists
      ],
    }),
    server: signed("localhost", [
      extension(
        [0x55, 0x1d, 0x11], // subjectAltName
        sequence(der(0x82, text("localhost")), der(0x87, [127, 0, 0, 1])),
      ),
      extendedUse(0x01),
    ]),
    client: signed("client", [
      extension([0x55, 0x1d, 0x11], sequence(der(0x82, text("client")))),
      extendedUse(0x02),
    ]),
  };
}

interface IssueOptions {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly issuerKey: KeyObject;
  readonly extensions: readonly Uint8Array[];
}

/** An X.509 v3 certificate signed with ECDSA and SHA-256, as PEM. */
function certificate(options: IssueOptions): string {
  const algorithm = sequence(der(0x06, [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]));
  const day = 24 * 60 * 60 * 1000;
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x01;
  const body = sequence(
    der(0xa0, der(0x02, [2])),
    der(0x02, serial),
    algorithm,
    name(options.issuer),
    sequence(time(Date.now() - day), time(Date.now() + day)),
    name(options.subject),
    options.publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...options.extensions)),
  );
  const signature = sign("sha256", body, options.issuerKey);
  return pem(sequence(body, algorithm, der(0x03, [0, ...signature])));
}

function extension(oid: readonly number[], value: Uint8Array, critical = false): Uint8Array {
  const parts = [der(0x06, oid), ...critical ? [der(0x01, [0xff])] : [], der(0x04, value)];
  return sequence(...parts);
}

function extendedUse(last: number): Uint8Array {
  const use = der(0x06, [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, last]);
  return extension([0x55, 0x1d, 0x25], sequence(use));
}

function name(common: string): Uint8Array {
  return sequence(der(0x31, sequence(der(0x06, [0x55, 0x04, 0x03]), der(0x0c, text(common)))));
}

function time(ms: number): Uint8Array {
  return der(0x18, text(new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, "")));
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return der(0x30, parts.flatMap((part) => [...part]));
}

/** One DER element: tag, length, content. */
function der(tag: number, content: ArrayLike<number>): Uint8Array {
  const { length } = content;
  const size = length < 0x80
    ? [length]
    : length < 0x100
    ? [0x81, length]
    : [0x82, length >> 8, length & 0xff];
  return Uint8Array.from([tag, ...size, ...Array.from(content)]);
}

function pem(bytes: Uint8Array): string {
  const lines = bytes.toBase64().match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
