import { longName } from "./long_name.ts";
import type { Command, OptionUsage } from "./command.ts";

/** Shells that a script can be made for. */
export type Shell = "bash" | "zsh" | "fish";

/** Every shell of {@linkcode Shell}. */
export const SHELLS: readonly Shell[] = ["bash", "zsh", "fish"];

/** The completion script of a shell for these commands. */
export function completionScript(shell: Shell, commands: readonly Command[]): string {
  switch (shell) {
    case "bash":
      return bash(commands);
    case "zsh":
      return zsh(commands);
    case "fish":
      return fish(commands);
  }
}

function bash(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  const cases = commands.map(({ name, usage }) =>
    `    ${name}) flags="${flagsOf(usage.options).map((flag) => `--${flag}`).join(" ")}" ;;`
  );
  return [
    "# bash completion for machinist: source <(machinist completions bash)",
    "_machinist() {",
    '  local current="${COMP_WORDS[COMP_CWORD]}" flags=""',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W "${names} --help --version" -- "$current"))`,
    "    return",
    "  fi",
    '  case "${COMP_WORDS[1]}" in',
    ...cases,
    "  esac",
    '  if [[ "$current" == -* ]]; then',
    '    COMPREPLY=($(compgen -W "$flags" -- "$current"))',
    "  else",
    '    COMPREPLY=($(compgen -f -- "$current"))',
    "  fi",
    "}",
    "complete -o filenames -F _machinist machinist",
    "",
  ].join("\n");
}

function zsh(commands: readonly Command[]): string {
  const names = commands.map(({ name, summary }) => `    '${name}:${quoteSingle(summary)}'`);
  const cases = commands.flatMap(({ name, usage }) => [
    `      ${name})`,
    "        _arguments \\",
    ...usage.options.map((option) => `          ${zshOption(option)} \\`),
    "          '--help[show the help page]' '*:file:_files' ;;",
  ]);
  return [
    "#compdef machinist",
    "# zsh completion for machinist: machinist completions zsh > ~/.zfunc/_machinist",
    "_machinist() {",
    "  local -a commands=(",
    ...names,
    "  )",
    "  if (( CURRENT == 2 )); then",
    "    _describe command commands",
    "  else",
    "    local command=$words[2]",
    "    shift words; (( CURRENT-- ))",
    "    case $command in",
    ...cases,
    "    esac",
    "  fi",
    "}",
    "compdef _machinist machinist",
    "",
  ].join("\n");
}

function zshOption(option: OptionUsage): string {
  const about = quoteSingle(option.about).replace(/[[\]:]/g, "\\$&");
  const value = takesValue(option) ? ":value:_files" : "";
  return `'${option.many === true ? "*" : ""}--${longName(option)}[${about}]${value}'`;
}

function fish(commands: readonly Command[]): string {
  const lines = ["# fish completion for machinist: machinist completions fish | source"];
  for (const { name, summary } of commands) {
    lines.push(
      `complete -c machinist -n __fish_use_subcommand -f -a ${name} -d '${quoteFish(summary)}'`,
    );
  }
  for (const { name, usage } of commands) {
    for (const option of usage.options) {
      lines.push(
        `complete -c machinist -n '__fish_seen_subcommand_from ${name}' -l ${longName(option)}` +
          `${takesValue(option) ? " -r" : ""} -d '${quoteFish(option.about)}'`,
      );
    }
  }
  return [...lines, ""].join("\n");
}

function flagsOf(options: readonly OptionUsage[]): readonly string[] {
  return [...options.map(longName), "help"];
}

function takesValue(option: OptionUsage): boolean {
  return option.flags.includes("<");
}

function quoteSingle(text: string): string {
  return text.replaceAll("'", `'\\''`);
}

function quoteFish(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
}
