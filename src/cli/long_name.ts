import type { OptionUsage } from "./command.ts";

/** The long name of a flag without its dashes: `store` of `-s, --store <URL>`. */
export function longName(option: OptionUsage): string {
  const long = /--([a-z][a-z-]*)/.exec(option.flags)?.[1];
  if (long === undefined) {
    throw new TypeError(`Cannot declare option "${option.flags}": it has no long name`);
  }
  return long;
}
