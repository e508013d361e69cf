import type { Guard, RepositoryFile } from "./read-repository.ts";
import { differences, sourcesOf, textOf } from "./read-repository.ts";

interface DeclaredError {
  /** The file that declares it. */
  readonly path: string;
  readonly maker: string;
  readonly code: string;
  readonly kind: string;
}

const declaration = /export const (\w+) = refusal(?:<[\s\S]*?>)?\(\s*"([a-z_]+\.[a-z_]+)",\s*"([a-z-]+)"/g;

/** Every way to refuse that the sources declare. */
export function declaredErrors(files: readonly RepositoryFile[]): DeclaredError[] {
  return sourcesOf(files).flatMap(({ path, text }) =>
    [...text.matchAll(declaration)].map(([, maker = "", code = "", kind = ""]) => ({ path, maker, code, kind })),
  );
}

/** The first cell of every table row that begins with a name in backticks, before the list of what is retired. */
function catalogued(text: string): string[] {
  const current = text.split(/^## Retired$/m)[0] ?? "";
  return [...current.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name ?? "");
}

function retired(text: string): string[] {
  const list = text.split(/^## Retired$/m)[1] ?? "";
  return [...list.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? "");
}

function compare(page: string, text: string, declared: readonly string[]): string[] {
  const listed = catalogued(text);
  const twice = listed.filter((name, index) => listed.indexOf(name) !== index);
  return [
    ...differences(declared, listed, (name) => `${page} does not list ${name}.`),
    ...differences(listed, declared, (name) => `${page} lists ${name}, which the sources do not have.`),
    ...twice.map((name) => `${page} lists ${name} twice.`),
    ...retired(text)
      .filter((name) => declared.includes(name))
      .map((name) => `${name} is retired in ${page} and in use again.`),
  ];
}

const statusOf: Readonly<Record<string, number>> = {
  unreadable: 400,
  unauthorized: 401,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  precondition: 412,
  "too-large": 413,
  unsupported: 415,
  invalid: 422,
  "too-many": 429,
  unavailable: 503,
};

const unexpected = 500;

/** Where HTTP names a status of its own for a code, and the codes that are no refusals. */
function narrowStatuses(files: readonly RepositoryFile[]): Map<string, number> {
  const text = textOf(files, "src/http/problem-view.ts");
  const pairs = [...text.matchAll(/"([a-z_]+\.[a-z_]+)": (\d{3}),/g)].map(
    ([, code = "", status]) => [code, Number(status)] as const,
  );
  const faults = [...text.matchAll(/const \w+Code = "([a-z_.]+)"/g)].map(
    ([, code = ""]) => [code, unexpected] as const,
  );
  return new Map([...pairs, ...faults]);
}

/** docs/errors.md and the refusals of the sources are the same, with their status; each code is declared once. */
export const errorCatalogue: Guard = (files) => {
  const page = textOf(files, "docs/errors.md");
  const declared = declaredErrors(files);
  const narrow = narrowStatuses(files);
  const statuses = new Map([...declared.map(({ code, kind }) => [code, statusOf[kind]] as const), ...narrow]);
  const codes = declared.map(({ code }) => code);
  const every = sourcesOf(files).flatMap(({ text }) => [...text.matchAll(/\brefusal(?:<[\s\S]*?>)?\(\s*"/g)]);
  const wrongStatus = [...statuses].filter(
    ([code, status]) => page.includes(`| \`${code}\` |`) && !page.includes(`| \`${code}\` | ${status} |`),
  );
  return [
    ...compare("docs/errors.md", page, [...statuses.keys()]),
    ...wrongStatus.map(([code, status]) => `docs/errors.md gives ${code} another status than ${status}.`),
    ...codes.filter((code, index) => codes.indexOf(code) !== index).map((code) => `${code} is declared twice.`),
    ...(every.length === declared.length
      ? []
      : [`${every.length - declared.length} refusals are not exported constants.`]),
  ];
};

/** A type stands as the name of its schema, or as `type` where it is made. */
const eventType = /^ +([A-Z]\w+): Type\.|\btype: "([A-Z]\w+)"/gm;

/** docs/events.md and the types of every *-events.ts are the same. */
export const eventCatalogue: Guard = (files) => {
  const types = sourcesOf(files)
    .filter(({ path }) => path.endsWith("-events.ts"))
    .flatMap(({ text }) => [...text.matchAll(eventType)].map(([, key, type]) => key ?? type ?? ""));
  return compare("docs/events.md", textOf(files, "docs/events.md"), [...new Set(types)]);
};

/** docs/metrics.md and the registry of metrics are the same. */
export function metricCatalogue(names: readonly string[], page: string): string[] {
  return compare("docs/metrics.md", page, names);
}

/** The first column of the rows that have an alarm. */
function alarmed(metrics: string): string[] {
  const rows = [...metrics.matchAll(/^\| `([^`]+)` \|.*\| ([^|]+) \|$/gm)];
  return rows.filter(([, , alarm]) => alarm?.trim() !== "–").map(([, name]) => name ?? "");
}

/** The runbook says what to do for each metric with an alarm and for each kind of task, and for no other. */
export function runbookRows(runbook: string, metrics: string, taskKinds: readonly string[]): string[] {
  const rowsOf = (heading: string) => {
    const section = runbook.split(new RegExp(`^## ${heading}$`, "m"))[1]?.split(/^## /m)[0] ?? "";
    return catalogued(section);
  };
  const page = "docs/runbook.md";
  const [alarms, tasks] = [rowsOf("Alarms"), rowsOf("Tasks")];
  return [
    ...differences(alarmed(metrics), alarms, (name) => `${page} does not say what to do for the alarm on ${name}.`),
    ...differences(alarms, alarmed(metrics), (name) => `${page} answers an alarm on ${name}, which there is not.`),
    ...differences(taskKinds, tasks, (kind) => `${page} does not say what to do with a task ${kind}.`),
    ...differences(tasks, taskKinds, (kind) => `${page} answers a task ${kind}, which there is not.`),
  ];
}

interface ListedSetting {
  readonly env: string;
  readonly flag?: string;
  readonly fallback: unknown;
}

/** The row that docs/config.md must have for a setting. */
function settingRow({ env, flag, fallback }: ListedSetting): string {
  const shown = fallback === "" ? "" : `\`${fallback}\``;
  return `| \`${env}\` | ${flag === undefined ? "" : `\`--${flag}\``} | ${shown} |`;
}

/** docs/config.md and the settings of src/platform/settings.ts are the same: variable, flag and fallback. */
export function settingCatalogue(settings: readonly ListedSetting[], page: string): string[] {
  const squeezed = page.replace(/ +/g, " ");
  return [
    ...compare(
      "docs/config.md",
      page,
      settings.map(({ env }) => env),
    ),
    ...settings
      .map((setting) => settingRow(setting).replace(/ +/g, " "))
      .filter((row) => !squeezed.includes(row))
      .map((row) => `docs/config.md lacks the row that begins: ${row}`),
  ];
}
