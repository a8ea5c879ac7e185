import { nkeys } from "@nats-io/nats-core/internal";

/** An operator with one account and one user. */
export interface TestCreds {
  /** Text of the user's `.creds` file. */
  readonly text: string;
  /** What the server's configuration needs. */
  readonly config: string;
}

type KeyPair = ReturnType<typeof nkeys.createUser>;

/** Makes an operator, an account and a user, as `nsc` would. */
export async function makeCreds(): Promise<TestCreds> {
  const operator = nkeys.createOperator();
  const account = nkeys.createAccount();
  const user = nkeys.createUser();
  const limits = {
    subs: -1,
    conn: -1,
    leaf: -1,
    imports: -1,
    exports: -1,
    data: -1,
    payload: -1,
    wildcards: true,
  };
  const claim = (issuer: KeyPair, subject: KeyPair, nats: object) =>
    encode(issuer, subject.getPublicKey(), nats);
  const operatorJwt = await claim(operator, operator, { type: "operator", version: 2 });
  const accountJwt = await claim(operator, account, { type: "account", version: 2, limits });
  const userJwt = await claim(account, user, {
    type: "user",
    version: 2,
    subs: -1,
    data: -1,
    payload: -1,
  });
  const seed = new TextDecoder().decode(user.getSeed());
  return {
    text: [
      "-----BEGIN NATS USER JWT-----",
      userJwt,
      "------END NATS USER JWT------",
      "",
      "-----BEGIN USER NKEY SEED-----",
      seed,
      "------END USER NKEY SEED------",
      "",
    ].join("\n"),
    config: [
      `operator: ${operatorJwt}`,
      "resolver: MEMORY",
      `resolver_preload: { ${account.getPublicKey()}: ${accountJwt} }`,
    ].join("\n"),
  };
}

async function encode(issuer: KeyPair, sub: string, nats: object): Promise<string> {
  const text = (value: object) => base64Url(new TextEncoder().encode(JSON.stringify(value)));
  const body = {
    jti: crypto.randomUUID(),
    iat: 1_700_000_000,
    iss: issuer.getPublicKey(),
    sub,
    nats,
  };
  const signed = `${text({ typ: "JWT", alg: "ed25519-nkey" })}.${text(body)}`;
  const signature = await Promise.resolve(issuer.sign(new TextEncoder().encode(signed)));
  return `${signed}.${base64Url(signature)}`;
}

function base64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
