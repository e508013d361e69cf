import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A file of the repository: its path from the root, with slashes, and its text. */
export interface RepositoryFile {
  readonly path: string;
  readonly text: string;
}

/** What a guard is: it reads files and answers a sentence for each thing that is wrong. */
export type Guard = (files: readonly RepositoryFile[]) => string[];

export const root = fileURLToPath(new URL("../..", import.meta.url));

const skipped = new Set([
  "node_modules",
  ".git",
  ".orderwell",
  ".orderwell-test",
  "coverage",
  "bad",
  "dist",
  "generated",
]);
const read =
  /\.(ts|mts|mjs|cjs|js|json|md|sql|grit|sh)$|(^|\/)(LICENSE|run|\.gitignore|\.gitattributes|\.editorconfig)$/;

async function pathsUnder(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const nested = entries
    .filter((entry) => !skipped.has(entry.name))
    .map(async (entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return pathsUnder(path);
      return entry.isFile() && read.test(path) ? [path] : [];
    });
  return (await Promise.all(nested)).flat();
}

/** Every text file that people wrote here; the bad examples and what programs leave behind are not among them. */
export async function readRepository(): Promise<RepositoryFile[]> {
  const paths = (await pathsUnder("")).sort();
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(root, path), "utf8") })));
}

/** The program's own files, without their tests. */
export function sourcesOf(files: readonly RepositoryFile[]): RepositoryFile[] {
  return files.filter(({ path }) => /^src\/.*\.ts$/.test(path) && !path.endsWith(".test.ts"));
}

export function textOf(files: readonly RepositoryFile[], path: string): string {
  return files.find((file) => file.path === path)?.text ?? "";
}

/** What one list has and the other lacks, as a sentence for each. */
export function differences(one: Iterable<string>, other: Iterable<string>, sentence: (missing: string) => string) {
  const known = new Set(other);
  return [...new Set(one)].filter((entry) => !known.has(entry)).map(sentence);
}
