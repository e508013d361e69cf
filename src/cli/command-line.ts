import { readFile } from "node:fs/promises";
import { ConfigError, environment, parseFlags, readConfig } from "../platform/config.ts";
import { type Call, type Command, exitCodes, type Program, WrongCall } from "./command.ts";
import { commands, type ListedCommand } from "./commands.ts";
import { explainFailure } from "./explain-failure.ts";
import { complain, outliveReaders, say } from "./terminal.ts";
import { commandUsage, programUsage } from "./usage.ts";

/** Runs what was typed after `orderwell` and answers the exit code. Never throws. */
export async function runCommandLine(args: readonly string[], program: Program): Promise<number> {
  outliveReaders();
  const listed = commands.find(({ name }) => isPrefix(name.split(" "), args));
  if (!listed) return withoutCommand(args);
  const command = await listed.load();
  const rest = args.slice(listed.name.split(" ").length);
  let call: Call | undefined;
  try {
    const { values, positionals } = parseArguments(rest, command);
    if (values.help) return answer(commandUsage(listed, command));
    if (values.version) return answer(await version());
    checkPositionals(positionals, command);
    call = { flags: values, positionals, config: readConfig(environment, values), program };
    return await command.run(call);
  } catch (error) {
    if (error instanceof WrongCall) return wrongCall(error.message, listed);
    if (error instanceof ConfigError) return unusable(error.message);
    if (!call) throw error;
    complain(explainFailure(error, call.config));
    return exitCodes.failed;
  }
}

function isPrefix(words: readonly string[], args: readonly string[]): boolean {
  return words.every((word, index) => args[index] === word);
}

async function withoutCommand(args: readonly string[]): Promise<number> {
  const [first] = args;
  const group = commands.filter(({ name }) => name.startsWith(`${first} `));
  const shown = programUsage(group.length > 0 ? group : commands);
  const asked = group.length > 0 ? args.slice(1) : args;
  if (asked.includes("--help") || asked.includes("-h") || first === "help") return answer(shown);
  if (asked.includes("--version") || asked.includes("-v")) return answer(await version());
  if (asked.length > 0) complain(`There is no command "${args.slice(0, group.length > 0 ? 2 : 1).join(" ")}".\n`);
  return unusable(shown);
}

function parseArguments(
  args: readonly string[],
  command: Command,
): Pick<Call, "positionals"> & { values: Call["flags"] } {
  try {
    return parseFlags(args, { ...command.flags, version: { type: "boolean" } });
  } catch (error) {
    // The first sentence says what is wrong; what follows explains how a program's author could allow it.
    const [sentence = ""] = (error as Error).message.split(". ");
    throw new WrongCall(`${sentence.replace(/\.$/, "")}.`);
  }
}

function checkPositionals(given: readonly string[], { positionals, needed = positionals.length }: Command): void {
  const missing = positionals[given.length];
  if (missing !== undefined && given.length < needed) throw new WrongCall(`The ${missing} is missing.`);
  const surplus = given[positionals.length];
  if (surplus !== undefined) throw new WrongCall(`"${surplus}" is one word too many.`);
}

function answer(text: string): number {
  say(text);
  return exitCodes.done;
}

function unusable(text: string): number {
  complain(text);
  return exitCodes.unusable;
}

function wrongCall(sentence: string, { name }: ListedCommand): number {
  return unusable(`${sentence}\nUsage: orderwell ${name} [flags]; orderwell ${name} --help shows them.`);
}

async function version(): Promise<string> {
  const manifest = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return `orderwell ${(JSON.parse(manifest) as { version: string }).version}`;
}
