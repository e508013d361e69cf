import { basename, dirname, posix } from "node:path";
import { declaredErrors } from "./check-catalogues.ts";
import type { Guard, RepositoryFile } from "./read-repository.ts";
import { sourcesOf } from "./read-repository.ts";

const code = /^(src|test|bench|scripts|bin)\/.*\.(ts|mjs|cjs)$/;
const unfinished = /\b(TODO|FIXME)\b(?!\(#\d+\))/;
const longestRun = 3; // Longer explanations are records in docs/adr, with a link.

/** A promise to come back names its issue. */
export const unfinishedWork: Guard = (files) =>
  files
    .filter(({ path }) => code.test(path) && !path.startsWith("test/architecture/"))
    .filter(({ text }) => unfinished.test(text))
    .map(({ path }) => `${path} has unfinished work without an issue, as in TODO(#12).`);

export const longComments: Guard = (files) =>
  files
    .filter(({ path }) => code.test(path))
    .filter(({ text }) => new RegExp(`(?:^[ \\t]*//.*\\n){${longestRun + 1}}`, "m").test(text))
    .map(({ path }) => `${path} has a comment of more than ${longestRun} lines: write a record and link it.`);

export const silencedTypes: Guard = (files) =>
  files
    .filter(({ path, text }) => code.test(path) && /@ts-expect-error\s*$/m.test(text))
    .filter(({ path }) => !path.startsWith("test/architecture/"))
    .map(({ path }) => `${path} expects a type error and does not say why.`);

function throwsOf(text: string): Set<string> {
  const lines = [...text.matchAll(/@throws ([^\n]*(?:\n \*\s+[a-z_]+\.[a-z_]+[^\n]*)*)/g)];
  return new Set(lines.flatMap(([, codes]) => codes?.match(/\b[a-z_]+\.[a-z_]+\b/g) ?? []));
}

/** Each code after @throws is one that exists. */
export const unknownThrows: Guard = (files) => {
  const known = new Set(declaredErrors(files).map(({ code }) => code));
  return sourcesOf(files).flatMap(({ path, text }) =>
    [...throwsOf(text)]
      .filter((thrown) => !known.has(thrown))
      .map((thrown) => `${path} throws ${thrown}, which nothing declares.`),
  );
};

function isVerb({ path }: RepositoryFile): boolean {
  const name = basename(path, ".ts");
  return name.includes("-") && !/-(queries|errors|events|view|routes|jobs|client)$/.test(name);
}

/** What a verb throws by name stands in its doc comment. Of makers with one name, that of the verb's own folder counts. */
export const untoldThrows: Guard = (files) => {
  const declared = declaredErrors(files);
  const codeOf = (name: string, path: string) => {
    const makers = declared.filter(({ maker }) => maker === name);
    return (makers.find((one) => dirname(one.path) === dirname(path)) ?? makers[0])?.code;
  };
  return sourcesOf(files)
    .filter((file) => isVerb(file) && !/^src\/(platform|http|cli)\//.test(file.path))
    .flatMap(({ path, text }) => {
      const told = throwsOf(text);
      const thrown = [...text.matchAll(/\bthrow (\w+)\(/g)].map(([, maker]) => codeOf(maker ?? "", path));
      const untold = new Set(thrown.filter((code) => code !== undefined && !told.has(code)));
      return [...untold].map((code) => `${path} throws ${code} and no @throws says so.`);
    });
};

/** The files that each file imports, by paths from the root. */
function importsOf({ path, text }: RepositoryFile): string[] {
  return [...text.matchAll(/from "(\.[^"]+)"/g)].map(([, target = ""]) => posix.join(dirname(path), target));
}

/** Every file that a file reaches by its imports, itself among them. */
function reachedFrom(start: RepositoryFile, byPath: ReadonlyMap<string, RepositoryFile>): RepositoryFile[] {
  const reached = new Map([[start.path, start]]);
  for (const file of reached.values()) {
    for (const path of importsOf(file)) {
      const next = byPath.get(path);
      if (next && !reached.has(path)) reached.set(path, next);
    }
  }
  return [...reached.values()];
}

/** A code that a file tells is made by it, or by something that it calls. */
export const idleThrows: Guard = (files) => {
  const sources = sourcesOf(files);
  const byPath = new Map(sources.map((file) => [file.path, file]));
  const makers = new Map(declaredErrors(files).map(({ maker, code }) => [code, maker]));
  return sources.flatMap((file) => {
    const codes = [...throwsOf(file.text)].filter((code) => makers.has(code));
    if (codes.length === 0) return [];
    const reached = reachedFrom(file, byPath).filter(({ path }) => !path.endsWith("-errors.ts"));
    return codes
      .filter((code) => !reached.some(({ text }) => new RegExp(`\\b${makers.get(code)}\\(`).test(text)))
      .map((code) => `${file.path} tells of ${code}, which neither it nor what it calls throws.`);
  });
};
