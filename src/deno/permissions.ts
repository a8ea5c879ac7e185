/** One permission that something needs. */
export interface Need {
  /** Kind, as in `--allow-<kind>`. */
  readonly kind: "net" | "read" | "write" | "run" | "sys" | "env";
  /** Host, path, command, or name; undefined: the whole kind. */
  readonly value?: string;
  /** What it is for, in a few words. */
  readonly why: string;
}

/** A need that is not met. */
export interface MissingPermission extends Need {
  /** The flag that would grant it, for example `--allow-net=127.0.0.1:4222`. */
  readonly flag: string;
}

/** Which of these permissions are not granted. Asks nobody and nothing. */
export function missingPermissions(needs: readonly Need[]): readonly MissingPermission[] {
  return needs
    .filter((need) => Deno.permissions.querySync(descriptor(need)).state !== "granted")
    .map((need) => ({ ...need, flag: permissionFlag(need) }));
}

/** The flag that grants a need. Throws RangeError for a value with a comma, which no flag can name. */
export function permissionFlag(need: Need): string {
  return need.value === undefined
    ? `--allow-${need.kind}`
    : `--allow-${need.kind}=${listed(need.value)}`;
}

/** Needs of the same kind as one flag each, values sorted and given once. Throws as {@linkcode permissionFlag}. */
export function permissionFlags(needs: readonly Need[]): readonly string[] {
  const kinds = new Map<Need["kind"], Set<string> | undefined>();
  for (const { kind, value } of needs) {
    if (value === undefined) kinds.set(kind, undefined);
    else if (!kinds.has(kind)) kinds.set(kind, new Set([value]));
    else kinds.get(kind)?.add(value);
  }
  return [...kinds].map(([kind, values]) =>
    values === undefined
      ? `--allow-${kind}`
      : `--allow-${kind}=${[...values].sort().map(listed).join(",")}`
  );
}

/** A comma separates values on the command line, and nothing escapes it. */
function listed(value: string): string {
  if (!value.includes(",")) return value;
  throw new RangeError(`Cannot grant "${value}": Deno takes the comma for the end of it`);
}

function descriptor({ kind, value }: Need): Deno.PermissionDescriptor {
  if (value === undefined) return { name: kind };
  switch (kind) {
    case "net":
      return { name: kind, host: value };
    case "read":
    case "write":
      return { name: kind, path: value };
    case "run":
      return { name: kind, command: value };
    case "env":
      return { name: kind, variable: value };
    case "sys":
      // The types list what the runtime knew when they were written.
      return { name: kind, kind: value } as Deno.SysPermissionDescriptor;
  }
}
