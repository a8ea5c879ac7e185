import { MAX_NAME_LENGTH } from "./limits.ts";
import type { SpecErrorCode } from "./spec_error.ts";

/** Prefix of the directories of manager machines. */
export const MANAGER_PREFIX = "mm_";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Why a machine must not have a name. */
export interface NameFault {
  /** Closed set. */
  readonly code: Extract<SpecErrorCode, "name" | "name_reserved">;
  /** One line for people, without the name. */
  readonly why: string;
}

/**
 * Why a machine of the list must not have this name, or undefined when it may. A name becomes two directories
 * beside all other machines, so it is held to what every file system and the reference's loader take.
 */
export function nameFault(name: string): NameFault | undefined {
  if (name === "tmp" || /^\.[A-Za-z0-9_-]/.test(name)) {
    return { code: "name_reserved", why: "it is reserved: the loader ignores such a directory" };
  }
  if (name.startsWith(MANAGER_PREFIX)) {
    return { code: "name_reserved", why: `it is reserved: "${MANAGER_PREFIX}" is for managers` };
  }
  if (name.length > MAX_NAME_LENGTH) {
    return { code: "name", why: `it has more than ${MAX_NAME_LENGTH} characters` };
  }
  if (!NAME.test(name)) {
    return {
      code: "name",
      why:
        "it must start with a letter or digit and hold only letters, digits, dot, underscore and dash",
    };
  }
  if (name.includes("..")) return { code: "name", why: "it has two dots in a row" };
  if (name.endsWith("-temp")) {
    return { code: "name_reserved", why: "it is reserved: the loader ignores such a directory" };
  }
  return undefined;
}
