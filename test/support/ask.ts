import type { Sql } from "../../src/platform/db.ts";
import type { Params } from "../../src/platform/statements.ts";

/** Runs a statement of a test's own, with parameters as $1, $2 …; columns arrive in camel case. */
export async function ask<Row = Record<string, unknown>>(
  sql: Sql,
  text: string,
  values: readonly Params[string][] = [],
): Promise<Row[]> {
  const parameters = values.map((_, index) => `p${index}`);
  const params = Object.fromEntries(values.map((value, index) => [`p${index}`, value]));
  const found = await sql.run({ name: "", source: text, sent: text, parameters }, params);
  return found.rows as Row[];
}

/** The plan that PostgreSQL caches for a statement once it stops looking at the parameters, as text. */
export async function genericPlan(sql: Sql, sent: string): Promise<string> {
  const rows = await ask<{ queryPlan: string }>(sql, `explain (generic_plan) ${sent}`);
  return rows.map((row) => row["QUERY PLAN" as never] ?? row.queryPlan).join("\n");
}
