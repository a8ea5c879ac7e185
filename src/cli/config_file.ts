import type { OptionUsage } from "./command.ts";
import { CommandError } from "./command_error.ts";
import { longName } from "./long_name.ts";
import { EXIT } from "./exit_code.ts";
import { suggest } from "./suggest.ts";

/** Bytes that a configuration file may have. */
export const MAX_CONFIG_BYTES = 256 * 1024;

/** Names beside those of options: the machines directory. */
const EXTRA = ["directory"];

/**
 * Reads a configuration file: YAML, a mapping with the names of the options without dashes in front. A name
 * that no option has is refused, with the nearest one as a hint.
 */
export async function parseConfig(
  text: string,
  { file, options }: { readonly file: string; readonly options: readonly OptionUsage[] },
): Promise<ReadonlyMap<string, readonly string[]>> {
  const refuse = (why: string, hint?: string) =>
    new CommandError(`Cannot use configuration "${file}": ${why}`, {
      code: "configuration",
      exit: EXIT.configuration,
      hint,
    });
  const { load } = await import("js-yaml");
  let value: unknown;
  try {
    value = text.trim() === "" ? {} : load(text, { maxDepth: 4, maxAliases: 0, filename: file });
  } catch (error) {
    throw refuse(error instanceof Error ? error.message.split("\n")[0] ?? "" : String(error));
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw refuse("it is not a mapping of names to values");
  }
  const names = [...options.map(longName), ...EXTRA];
  const config = new Map<string, readonly string[]>();
  for (const [name, setting] of Object.entries(value)) {
    if (!names.includes(name)) {
      // `purge: false` is what `--no-purge` says.
      if (names.includes(`no-${name}`) && typeof setting === "boolean") {
        config.set(`no-${name}`, [String(!setting)]);
        continue;
      }
      const near = suggest(name, names);
      throw refuse(
        `there is no option "${name}"`,
        near === undefined ? undefined : `Did you mean ${near}?`,
      );
    }
    const texts = asTexts(setting);
    if (texts === undefined) {
      throw refuse(`"${name}" is neither a text, a number, yes or no, nor a list of them`);
    }
    config.set(name, texts);
  }
  return config;
}

function asTexts(setting: unknown): readonly string[] | undefined {
  const items: readonly unknown[] = Array.isArray(setting) ? setting : [setting];
  const texts: string[] = [];
  for (const item of items) {
    if (typeof item !== "string" && typeof item !== "number" && typeof item !== "boolean") {
      return undefined;
    }
    texts.push(String(item));
  }
  return texts;
}
