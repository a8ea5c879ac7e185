import type { Fs } from "../ports/fs.ts";

const USERS = "/etc/passwd";
const MAX_USERS_BYTES = 1024 * 1024;

/**
 * The number of a user given by number or name; undefined when there is no such user. Names other than `root`
 * are looked up in `/etc/passwd`, which the runtime may refuse to read (FsError).
 */
export function userId(owner: string, fs: Pick<Fs, "open">): number | undefined {
  if (/^[0-9]{1,10}$/.test(owner)) return Number(owner);
  if (owner === "root") return 0;
  for (const line of readUsers(fs).split("\n")) {
    const [name, , uid = ""] = line.split(":");
    if (name === owner && /^[0-9]{1,10}$/.test(uid)) return Number(uid);
  }
  return undefined;
}

function readUsers(fs: Pick<Fs, "open">): string {
  using file = fs.open(USERS);
  const bytes = new Uint8Array(Math.min(file.stat().size, MAX_USERS_BYTES));
  let at = 0;
  for (let count = 1; count > 0 && at < bytes.length; at += count) {
    count = file.read(bytes.subarray(at));
  }
  return new TextDecoder().decode(bytes.subarray(0, at));
}
