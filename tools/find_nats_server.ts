/** The path of nats-server: on PATH, or where Debian puts it, which is not on everybody's PATH. */
export function findNatsServer(): string | undefined {
  const folders = [...(Deno.env.get("PATH") ?? "").split(":"), "/usr/sbin", "/usr/local/bin"];
  return folders.filter((folder) => folder !== "")
    .map((folder) => `${folder}/nats-server`)
    .find(isFile);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
