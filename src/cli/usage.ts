import { settings } from "../platform/settings.ts";
import type { Command } from "./command.ts";
import type { ListedCommand } from "./commands.ts";
import { columnsText } from "./terminal.ts";

function indented(rows: readonly (readonly string[])[]): string[] {
  return columnsText(rows).map((line) => `  ${line}`);
}

/** What there is to call; of one group only, when it is named. */
export function programUsage(listed: readonly ListedCommand[]): string {
  return [
    "Usage: orderwell <command> [flags]",
    "",
    ...indented(listed.map(({ name, summary }) => [name, summary])),
    "",
    "orderwell <command> --help shows its flags; orderwell --version shows the version.",
  ].join("\n");
}

/** What one command takes. */
export function commandUsage({ name, summary }: ListedCommand, command: Command): string {
  const own = Object.entries(command.flags).map(([flag, { type, help }]) => [
    type === "string" ? `--${flag} …` : `--${flag}`,
    help,
  ]);
  const needed = command.needed ?? command.positionals.length;
  const positionals = command.positionals
    .map((positional, index) => (index < needed ? ` <${positional}>` : ` [${positional}]`))
    .join("");
  return [
    `Usage: orderwell ${name}${positionals} [flags]`,
    "",
    summary,
    "",
    ...indented([...own, ["--help", "Show this."], ["--version", "Show the version."]]),
    ...(command.notes ? ["", ...command.notes] : []),
    "",
    "Settings, by flag or environment (docs/config.md has them all):",
    ...indented(settingRows(command.settings)),
  ].join("\n");
}

function settingRows(wanted: readonly string[] | undefined): string[][] {
  return Object.values(settings).flatMap((setting) => {
    if (!("flag" in setting) || setting.flag === undefined) return [];
    if (wanted && !wanted.includes(setting.env)) return [];
    const fallback = setting.fallback === "" ? "" : ` (${setting.fallback})`;
    return [[`--${setting.flag} …`, setting.env, `${setting.help}${fallback}`]];
  });
}
