/** A statement and the module whose *-queries.ts declares it. */
export interface OwnedStatement {
  readonly module: string;
  readonly name: string;
  readonly source: string;
}

function bare(source: string): string {
  return source.replace(/--.*$/gm, " ").replace(/'(?:[^']|'')*'/g, "''");
}

const named = /\b(?:from|join|into|update|using|table)\s+(?:only\s+)?([a-z_][a-z_0-9]*)(\s*[.(])?/g;
const introduced = /\b([a-z_][a-z_0-9]*)(?:\s*\([a-z_, ]*\))?\s+as\s+(?:not\s+)?(?:materialized\s+)?\(/g;

/** Words that may follow from, into, update or using without being a table's name. */
const noTables = new Set(["set", "unnest", "lateral", "select", "of", "skip", "nowait", "generate_series", "distinct"]);

function unqualifiedTables(sql: string): string[] {
  const known = new Set([...sql.matchAll(introduced)].map(([, name]) => name));
  return [...sql.matchAll(named)]
    .filter(([, name = "", next]) => next === undefined && !noTables.has(name) && !known.has(name))
    .map(([, name]) => name ?? "");
}

/** A name begins with its module, and the text names tables by schema, none of another module's. */
export function strayStatements(statements: readonly OwnedStatement[], schemas: readonly string[]): string[] {
  return statements.flatMap(({ module, name, source }) => {
    const sql = bare(source).toLowerCase();
    const foreign = schemas.filter(
      (schema) => schema !== module && new RegExp(`(?<![.\\w])${schema}\\.[a-z_]`).test(sql),
    );
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
