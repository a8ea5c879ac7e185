/** What the seed document prints: its key pair, its list and its packed file. */
export const SEED = {
  publicKey: "64031219d4922eed63a5f567303e98607c632139c01bc9fa4ca2514c2d9d30da",
  privateKey: "d8bd4d6392af154e996a18a4ccd5f51931d8e861d42966a677d85fbb598b66d3" +
    "64031219d4922eed63a5f567303e98607c632139c01bc9fa4ca2514c2d9d30da",
  packed:
    '{"machines":"WwogewogICAibmFtZSI6ICJmYWN0cyIsCiAgICAgInNvdXJjZSI6ICJodHRwczovL215LmV4YW1wbGUubmV0L21ldGFkYXRhL21ldGFkYXRhLW1hY2hpbmUtMS4wLjAudGd6IiwKICAgICAidmVyaWZ5IjogIlNIQTI1NlNVTVMiLAogICAgICJ2ZXJpZnlfY2hlY2tzdW0iOiAiMWU4NTcxOWM2OTU5ZWIwZjJjOGYyMTY2ZTMwYWU5NTJjY2FlZjJjMjg2ZjMxODY4ZWExZDMxMWQzNzM4YTMzOSIsCiAgICAgImNoZWNrc3VtIjogImYxMWVhMjAwNWRlOTdiZjMwOWJhZmFjNDZlNzdjMDE5MjUzMDdhMjY2NzVmNDRmMzg4ZDQ1MDJkMmI5ZDAwYmYiLAogICAgICJtYXRjaCI6ICJoYXNfY29tbWFuZCgnZmFjdGVyJykiCiB9Cl0K","signature":"f06d4a1cfe9ac79d26b5e6646fdfa9d845a5506c9a2fe0a71fb8416f6f7edd253a1eb46363c12ca5f6148b19ab1ed9a5f25c89b09b3360a09b7d054bf4b55204"}\n',
  /** The list inside, byte for byte. */
  get payload(): Uint8Array {
    return Uint8Array.fromBase64(JSON.parse(this.packed).machines);
  },
} as const;
