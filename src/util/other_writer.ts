/** What {@linkcode otherWriter} looks at; `FileInfo` has it. */
export interface Owned {
  /** Permission bits. */
  readonly mode: number;
  /** Owner. */
  readonly uid: number;
  /** Group. */
  readonly gid: number;
}

const GROUP_WRITES = 0o020;
const ALL_WRITE = 0o002;
const STICKY = 0o1000;

/**
 * Who besides `us` and root may write something: everybody, a group or another user; undefined when nobody may.
 * A user's private group (the same number; what a umask of 002 goes with) is that user. `us` is undefined when
 * nobody knows who that is: then owners are not asked.
 */
export function otherWriter(info: Owned, us: number | undefined): string | undefined {
  if ((info.mode & ALL_WRITE) !== 0) return "everybody may write it";
  const isPrivate = info.gid === info.uid && info.uid !== 0;
  if ((info.mode & GROUP_WRITES) !== 0 && !isPrivate) return `group ${info.gid} may write it`;
  const isTheirs = us !== undefined && info.uid !== us && info.uid !== 0;
  return isTheirs ? `it belongs to user ${info.uid}` : undefined;
}

/** Who besides `us` and root may put another thing in the place of what stands in a directory. */
export function otherReplacer(info: Owned, us: number | undefined): string | undefined {
  // In a sticky directory everybody has only what is theirs.
  const bits = (info.mode & STICKY) === 0 ? info.mode : info.mode & ~(GROUP_WRITES | ALL_WRITE);
  return otherWriter({ ...info, mode: bits }, us);
}
