import { basename, dirname } from "node:path";
import type { Guard } from "./read-repository.ts";
import { sourcesOf } from "./read-repository.ts";

const code = /\.(ts|mjs|cjs)$/;

/** Every base name but index.ts stands once, so that a tab and a stack trace say where. */
export const repeatedBaseNames: Guard = (files) => {
  const places = new Map<string, string[]>();
  for (const { path } of files) {
    const name = basename(path);
    if (!code.test(path) || name === "index.ts") continue;
    places.set(name, [...(places.get(name) ?? []), path]);
  }
  return [...places]
    .filter(([, paths]) => paths.length > 1)
    .map(([name, paths]) => `${name} is in ${paths.join(", ")}.`);
};

const deepest = 2; // A reader finds a file by its module's name; a second level is for what has many of a kind.

export const deepFolders: Guard = (files) =>
  files
    .filter(({ path }) => path.startsWith("src/") && dirname(path).split("/").length - 1 > deepest)
    .map(({ path }) => `${path} is more than ${deepest} folders deep.`);

const empty = "manager helper util utils base common core handler processor service data info misc shared".split(" ");
const exported = /^export (?:abstract )?(?:async )?(?:const|let|function\*?|class|type|interface) (\w+)/gm;

/** The payment service of DD-ORDER-001 is called so by everybody: there the word names a thing. */
const paymentService = /^src\/payments\//;

function isEmpty(path: string, word: string): boolean {
  return empty.includes(word) && !(word === "service" && paymentService.test(path));
}

function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
}

/** Words that fit everything say nothing: neither a file, a folder nor an exported name has one. */
export const emptyWords: Guard = (files) =>
  sourcesOf(files).flatMap(({ path, text }) => {
    const names = [path.replace(/^src\/|\.ts$/g, ""), ...[...text.matchAll(exported)].map(([, name]) => name ?? "")];
    return names
      .filter((name) => wordsOf(name).some((word) => isEmpty(path, word)))
      .map((name) => `${path}: ${name} has a word that says nothing.`);
  });

const exportedNumber = /^export const (\w+)(?:: number)? = -?[\d_.]+\b/gm;

/** A limit stands once in its module: one of two would be changed some day, and the other not. */
export const repeatedNumbers: Guard = (files) => {
  const places = new Map<string, string[]>();
  for (const { path, text } of sourcesOf(files))
    for (const [, name] of text.matchAll(exportedNumber)) {
      const number = `${dirname(path)}: ${name}`;
      places.set(number, [...(places.get(number) ?? []), basename(path)]);
    }
  return [...places]
    .filter(([, paths]) => paths.length > 1)
    .map(([number, paths]) => `${number} is in ${paths.join(", ")}.`);
};

const randomness = /\b(uuidV7|randomToken|randomBytes|randomUUID|Math\.random)\b/;

/** A one-word file is pure; import rules cannot see which function of ids.ts is called. */
export const randomNouns: Guard = (files) =>
  sourcesOf(files)
    .filter(
      ({ path }) => /^src\/(?!platform\/|http\/|cli\/)[^/]+\/[a-z0-9]+\.ts$/.test(path) && !path.endsWith("/index.ts"),
    )
    .filter(({ text }) => randomness.test(text))
    .map(({ path }) => `${path} makes something random: let it come in.`);

const reexport = /^export (?:type )?(?:\*|\{[^}]*\}) from "[^"]+";/;

/** A face only passes on what its module offers. */
export const facesWithLogic: Guard = (files) =>
  sourcesOf(files)
    .filter(({ path }) => path.endsWith("/index.ts"))
    .filter(({ text }) => {
      let rest = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "").trim();
      while (reexport.test(rest)) rest = rest.replace(reexport, "").trim();
      return rest !== "";
    })
    .map(({ path }) => `${path} has more than exports from its module.`);

/** A command of the command line is told by its suffix, and stands in one folder. ADR 0016. */
export const strayCommands: Guard = (files) =>
  sourcesOf(files)
    .filter(({ path }) => path.endsWith("-command.ts") && !path.startsWith("src/cli/"))
    .map(({ path }) => `${path} is no command of the command line.`);
