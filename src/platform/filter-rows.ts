import { many, type Sql } from "./db.ts";
import type { Params, Value } from "./statements.ts";

/** A page of a list that runs backwards from an id. */
export type IdPage<Id extends Value = bigint> = { readonly before: Id; readonly limit: number };

/** Values for some of the filters; what is absent or undefined filters nothing. */
type Chosen = Readonly<Record<string, Value | undefined>>;

/** Every choice among the names, the names in their order in each. */
function choicesOf(names: readonly string[]): string[][] {
  const choices: string[][] = [[]];
  for (const name of names) choices.push(...choices.map((chosen) => [...chosen, name]));
  return choices;
}

/**
 * Declares a list with filters that may be left out: one statement for each choice among them, so that each has a plan
 * of its own. A filter's text is a condition on its parameter; `source` writes the statement around the conditions.
 */
export function manyBy<Filter extends Chosen, Row, Id extends Value = bigint>(
  name: string,
  filters: Readonly<Record<keyof Filter & string, string>>,
  source: (conditions: string) => string,
): (sql: Sql, filter: Filter, page: IdPage<Id>) => Promise<Row[]> {
  const names = Object.keys(filters);
  const nameOf = (chosen: readonly string[]) => (chosen.length === 0 ? name : `${name}_by_${chosen.join("_")}`);
  const statements = new Map(
    choicesOf(names).map((chosen) => {
      const conditions = chosen.map((one) => ` and ${filters[one as keyof Filter & string]}`).join("");
      return [nameOf(chosen), many(nameOf(chosen).toLowerCase(), source(conditions))] as const;
    }),
  );
  return async (sql, filter, page) => {
    const chosen = names.filter((one) => filter[one] !== undefined);
    const run = statements.get(nameOf(chosen)) as (sql: Sql, params: Params) => Promise<Row[]>;
    const values = Object.fromEntries(chosen.map((one) => [one, filter[one] as Value]));
    return run(sql, { ...values, ...page });
  };
}
