import { parseArgs } from "node:util";
import type { Setting } from "./setting.ts";
import { settings } from "./settings.ts";

type Settings = typeof settings;
export type Config = { readonly [Key in keyof Settings]: Settings[Key] extends Setting<infer Value> ? Value : never };

/** What is wrong with the settings, all of it at once. */
export class ConfigError extends Error {
  constructor(wrongs: readonly string[]) {
    super(wrongs.join("\n"));
    this.name = "ConfigError";
  }
}

/** The flags that `parseArgs` should know, for every command that takes settings. */
function settingFlags(): Record<string, { type: "string" }> {
  const flags = Object.values(settings).flatMap((setting) => ("flag" in setting && setting.flag ? [setting.flag] : []));
  return Object.fromEntries(flags.map((flag) => [flag, { type: "string" } as const]));
}

/** The environment of this process: the only place where it is read. */
export const environment: Readonly<Record<string, string | undefined>> = process.env;

/** Reads every setting from flags and environment; throws a `ConfigError` that names each wrong one. */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  flags: Readonly<Record<string, unknown>> = {},
): Config {
  const wrongs: string[] = [];
  const read = ([key, setting]: [string, Setting<unknown>]) => {
    const found = readSetting(setting, env, flags);
    if ("wrong" in found) wrongs.push(found.wrong);
    return [key, "wrong" in found ? setting.fallback : found.value];
  };
  const config = Object.fromEntries((Object.entries(settings) as [string, Setting<unknown>][]).map(read));
  if (wrongs.length > 0) throw new ConfigError(wrongs);
  return config as Config;
}

function readSetting(
  setting: Setting<unknown>,
  env: Readonly<Record<string, string | undefined>>,
  flags: Readonly<Record<string, unknown>>,
): { value: unknown } | { wrong: string } {
  const byFlag = setting.flag === undefined ? undefined : flags[setting.flag];
  if (byFlag === "") return { wrong: `--${setting.flag} is empty.` };
  const given = typeof byFlag === "string" ? byFlag : env[setting.env];
  if (given === undefined || given === "") return { value: setting.fallback };
  const read = setting.read(given);
  if ("value" in read) return read;
  const name = typeof byFlag === "string" ? `--${setting.flag}` : setting.env;
  if (setting.secret) return { wrong: `${name} must be ${read.wrong}.` };
  return { wrong: `${name} is "${withoutPassword(given)}"; it must be ${read.wrong}.` };
}

/** What stands before an @ is often a name and its password, which must not get into a log. */
function withoutPassword(given: string): string {
  return given.replace(/^([a-z]+:\/\/)?.*@/is, "$1…@");
}

/** Parses a command's own flags together with those of the settings; unknown flags are refused by name. */
export function parseFlags(
  args: readonly string[],
  own: Readonly<Record<string, { type: "string" | "boolean"; multiple?: boolean }>>,
): { values: Record<string, string | boolean | (string | boolean)[] | undefined>; positionals: string[] } {
  return parseArgs({
    args: [...args],
    options: { ...settingFlags(), help: { type: "boolean", short: "h" }, ...own },
    allowPositionals: true,
    strict: true,
  });
}
