/** A statement and the module whose *-queries.ts declares it. */
export interface OwnedStatement {
  readonly module: string;
  readonly name: string;
  readonly source: string;
}

function bare(source: string): string {
  return source
    .replace(/--.*$/gm, " ")
    .replace(/'(?:[^']|'')*'/g, "''")
    .replace(/\bextract\s*\(\s*\w+\s+from\b/gi, "extract("); // That `from` is followed by a time.
}

const named = /\b(?:from|join|into|update|using|table|copy)\s+(?:only\s+)?([a-z_][a-z_0-9]*)(\s*[.(])?/g;
/** What is written into is a table, whatever stands behind its name; elsewhere a parenthesis makes it a function. */
const written = /^(?:into|copy)\s+\w+\s*\($/;
const introduced = /\b([a-z_][a-z_0-9]*)(?:\s*\([a-z_, ]*\))?\s+as\s+(?:not\s+)?(?:materialized\s+)?\(/g;

/** Words that may follow from, into, update or using without being a table's name. */
const noTables = new Set([
  "rows",
  "set",
  "unnest",
  "lateral",
  "select",
  "of",
  "skip",
  "nowait",
  "generate_series",
  "distinct",
  "stdin",
]);

function unqualifiedTables(sql: string): string[] {
  const known = new Set([...sql.matchAll(introduced)].map(([, name]) => name));
  return [...sql.matchAll(named)]
    .filter(
      ([found, name = "", next]) =>
        (next === undefined || written.test(found)) &&
        !noTables.has(name) &&
        !name.startsWith("pg_") &&
        !known.has(name),
    )
    .map(([, name]) => name ?? "");
}

const aliased = /\b(?:from|join|update|into)\s+[a-z_0-9.]+\s+(?:as\s+)?([a-z_]+)|\bas\s+([a-z_]+)/g;

/** A schema's name may be an alias, too: then only a table in its place tells. */
function touches(sql: string, schema: string): boolean {
  const aliases = [...sql.matchAll(aliased)].flatMap(([, one, other]) => [one, other]);
  const anywhere = aliases.includes(schema) ? "\\b(?:from|join|update|into|using|only|table)\\s+" : "(?<![.\\w])";
  return new RegExp(`${anywhere}${schema}\\.[a-z_]`).test(sql);
}

/** A name begins with its module, and the text names tables by schema, none of another module's. */
export function strayStatements(statements: readonly OwnedStatement[], schemas: readonly string[]): string[] {
  return statements.flatMap(({ module, name, source }) => {
    const sql = bare(source).toLowerCase();
    const foreign = schemas.filter((schema) => schema !== module && touches(sql, schema));
    return [
      ...(name.startsWith(`${module}.`) ? [] : [`${name} is declared in ${module}.`]),
      ...foreign.map((schema) => `${name} touches the schema ${schema}, which is not its module's.`),
      ...unqualifiedTables(sql).map((table) => `${name} names ${table} without its schema.`),
    ];
  });
}

/** The schemas that the migrations create. */
export function createdSchemas(migrations: readonly string[]): string[] {
  return migrations.flatMap((sql) => [...sql.matchAll(/^create schema (\w+);/gm)].map(([, name]) => name ?? ""));
}

/** A list whose end only its name promises would one day be as long as its table. */
export function endlessLists(statements: readonly OwnedStatement[]): string[] {
  return statements
    .filter(({ name }) => /\.list_/.test(name))
    .filter(({ source }) => !/\blimit\b|= any\s*\(|\bgroup by\b/i.test(bare(source)))
    .map(({ name }) => `${name} lists without a limit.`);
}
