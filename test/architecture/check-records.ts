import { basename } from "node:path";
import type { Guard, RepositoryFile } from "./read-repository.ts";
import { textOf } from "./read-repository.ts";

const parts = [
  "Context",
  "Options",
  "Decision",
  "Consequences",
  "How we would notice that it was wrong",
  "Guard",
] as const;

function recordsOf(files: readonly RepositoryFile[]): RepositoryFile[] {
  return files.filter(({ path }) => /^docs\/adr\/\d{4}-[a-z0-9-]+\.md$/.test(path));
}

function numberOf({ path }: RepositoryFile): number {
  return Number(basename(path).slice(0, 4));
}

/** Records are numbered from 1 without a gap. */
export const recordNumbers: Guard = (files) => {
  const numbers = recordsOf(files)
    .map(numberOf)
    .sort((one, other) => one - other);
  return numbers.flatMap((number, index) => (number === index + 1 ? [] : [`Record ${index + 1} is missing or twice.`]));
};

/** Every record says when, why, what else there was, and what follows. */
export const recordParts: Guard = (files) =>
  recordsOf(files).flatMap(({ path, text }) => [
    ...(/^Date: \d{4}-\d{2}-\d{2}$/m.test(text) ? [] : [`${path} has no date.`]),
    ...parts.filter((part) => !text.includes(`\n## ${part}\n`)).map((part) => `${path} has no part "${part}".`),
  ]);

/** A record is accepted, or superseded by one that is there. */
export const recordStatus: Guard = (files) => {
  const records = recordsOf(files);
  return records.flatMap(({ path, text }) => {
    const status = /^Status: (.+)$/m.exec(text)?.[1] ?? "";
    const heir = /^superseded by (\d{4})$/.exec(status)?.[1];
    if (status === "accepted") return [];
    if (heir === undefined) return [`${path} is neither accepted nor superseded by a numbered record.`];
    return records.some((record) => numberOf(record) === Number(heir))
      ? []
      : [`${path} names ${heir}, which is missing.`];
  });
};

/** Where a guard that is no file may be declared. */
const declarations = [".dependency-cruiser.cjs", "biome.json"];

function isName(guard: string): boolean {
  return /^[\w-]+$/.test(guard);
}

/** The names in backticks before the colon of each point: after it, the sentence says what they hold. */
function guardsOf(text: string): string[] {
  const points = (text.split("\n## Guard\n")[1] ?? "").match(/^- .*$/gm) ?? [];
  const heads = points.map((point) => point.split(/: /)[0] ?? "");
  return heads.flatMap((head) => [...head.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ""));
}

/** A guard is a file, an import or lint rule, or a name in the migrations (a constraint, an index, a trigger). */
export const recordGuards: Guard = (files) => {
  const paths = new Set(files.map(({ path }) => path));
  const migrations = files.filter(({ path }) => path.startsWith("db/migrations/"));
  const declared = [...declarations.map((path) => textOf(files, path)), ...migrations.map(({ text }) => text)].join(
    "\n",
  );
  return recordsOf(files).flatMap(({ path, text }) => {
    const guards = guardsOf(text);
    if (guards.length === 0) return [`${path} names no guard.`];
    return guards
      .filter(
        (guard) => !paths.has(guard) && !(isName(guard) && new RegExp(`(?<![\\w-])${guard}(?![\\w-])`).test(declared)),
      )
      .map((guard) => `${path} names the guard ${guard}, which does not exist.`);
  });
};
