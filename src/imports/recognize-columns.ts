import { dialectOf, fieldOf, foldName, groupingField } from "./columns.ts";
import { shorten } from "./fault.ts";
import {
  importFileColumnsAmbiguous,
  importFileColumnsMissing,
  importFileHeaderMissing,
  importFileHeaderRepeated,
  importFileMappingUnknown,
} from "./file-errors.ts";
import type { Field, ImportOptions } from "./import-options.ts";
import type { FilePlan } from "./reading.ts";

type Columns = FilePlan["columns"];
export type ColumnPlan = Pick<FilePlan, "dialect" | "columns" | "grouping">;

const mostShown = 30; // A sentence with more names is not read.

/** The names of columns, for a sentence. */
function listNames(names: readonly string[]): string {
  const shown = names.slice(0, mostShown).map((name) => `"${shorten(name)}"`);
  const rest = names.length - shown.length;
  return rest > 0 ? `${shown.join(", ")} and ${rest} more` : shown.join(", ");
}

/**
 * Says what the columns are, by the mapping and by their names. A column that was mapped takes its field from those that
 * only look like it.
 * @throws import_file.header_missing, import_file.header_repeated, import_file.columns_missing,
 *   import_file.columns_ambiguous, import_file.mapping_unknown
 */
export function recognizeColumns(names: readonly string[], options: ImportOptions): ColumnPlan {
  refuseRepeated(names);
  const mapped = mappedFields(names, options.mapping ?? {});
  const taken = new Set(mapped.values());
  const dialect = declaredDialect(options.format) ?? dialectOf(names);
  const known = names.map((name) => {
    const given = mapped.get(name);
    const own = given ?? fieldOf(name, dialect);
    const field = own === undefined || (given === undefined && taken.has(own)) ? "ignore" : own;
    return { name, field, recognized: given === undefined && own === field };
  });
  const columns = dialect === "plain" ? withVagueNames(known, mapped) : known;
  if (columns.every(({ field }) => field === "ignore")) throw importFileHeaderMissing({ found: listNames(names) });
  refuseAmbiguous(columns);
  const grouping = groupingOf(columns, dialect, options.grouping);
  refuseMissing(columns, { dialect, grouping, options });
  // A fault says the name of its column, on each row that has it.
  return { dialect, columns: columns.map((column) => ({ ...column, name: shorten(column.name) })), grouping };
}

/**
 * Names that tell something where no other column tells it: a date is the order's, and a name is the customer's when another
 * column is the product's; else it may be either.
 */
function withVagueNames(columns: Columns, mapped: ReadonlyMap<string, Field>): Columns {
  const vague = new Map<string, Field>([
    ...(has(columns, "product_name") && !has(columns, "customer_name") ? [["name", "customer_name"] as const] : []),
    ...(has(columns, "ordered_at") ? [] : ([["date", "ordered_at"]] as const)),
  ]);
  return columns.map((column) => {
    const field = mapped.has(column.name) ? undefined : vague.get(foldName(column.name));
    return field === undefined ? column : { ...column, field, recognized: true };
  });
}

/** How many of the names are understood: what tells the right delimiter from the others. */
export function countRecognized(names: readonly string[], { mapping = {} }: ImportOptions): number {
  const mapped = new Set(Object.keys(mapping).map(foldName));
  const dialect = dialectOf(names);
  return names.filter((name) => mapped.has(foldName(name)) || fieldOf(name, dialect) !== undefined).length;
}

function declaredDialect(format: ImportOptions["format"]): FilePlan["dialect"] | undefined {
  return format === "shopify" || format === "orderwell" ? format : undefined;
}

function refuseRepeated(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (name !== "" && seen.has(name)) throw importFileHeaderRepeated({ name: shorten(name) });
    seen.add(name);
  }
}

function mappedFields(names: readonly string[], mapping: Readonly<Record<string, Field>>): ReadonlyMap<string, Field> {
  const folded = new Map(names.map((name) => [foldName(name), name]));
  return new Map(
    Object.entries(mapping).map(([wanted, field]) => {
      const name = names.includes(wanted.trim()) ? wanted.trim() : folded.get(foldName(wanted));
      if (name === undefined || name === "")
        throw importFileMappingUnknown({ name: shorten(wanted), found: listNames(names) });
      return [name, field];
    }),
  );
}

function refuseAmbiguous(columns: Columns): void {
  for (const { field } of columns) {
    if (field === "ignore") continue;
    const names = columns.filter((column) => column.field === field).map(({ name }) => `"${shorten(name)}"`);
    if (names.length > 1) throw importFileColumnsAmbiguous({ field, names });
  }
}

function has(columns: Columns, ...fields: Field[]): boolean {
  return columns.some(({ field }) => fields.includes(field));
}

function groupingOf(
  columns: Columns,
  dialect: FilePlan["dialect"],
  declared: ImportOptions["grouping"],
): FilePlan["grouping"] {
  if (declared !== "auto") return declared;
  return has(columns, groupingField(dialect)) ? "by_reference" : "row_is_order";
}

function refuseMissing(columns: Columns, plan: Omit<ColumnPlan, "columns"> & { options: ImportOptions }): void {
  const { grouping, options } = plan;
  const group = groupingField(plan.dialect);
  const missing = [
    ...(grouping === "row_is_order" || has(columns, group) ? [] : [`the order's reference (\`${group}\`)`]),
    ...(has(columns, "product_name", "sku") ? [] : ["the product (`product_name` or `sku`)"]),
    ...(has(columns, "quantity") ? [] : ["the quantity (`quantity`)"]),
    ...(has(columns, "unit_price") ? [] : ["the price (`unit_price`)"]),
    ...(has(columns, "currency") || options.currency !== undefined
      ? []
      : ["the currency (`currency`, or the option of that name)"]),
    ...(has(columns, "customer_email") || options.missing_email === "accept"
      ? []
      : ["the customer's address (`customer_email`, or the option `missing_email: accept`)"]),
  ];
  if (missing.length === 0) return;
  const found = listNames(columns.map(({ name }) => name));
  throw importFileColumnsMissing({ missing, found });
}
