import { groupingField } from "./columns.ts";
import { isDefused, undefuse } from "./formula.ts";
import type { Field, ImportOptions } from "./import-options.ts";
import type { Locale } from "./numerals.ts";
import type { FilePlan } from "./reading.ts";
import type { BrokenRow } from "./split-rows.ts";
import { type ZoneClock, zoneClock } from "./zone.ts";

/** A row in its cells; one that is broken has none. */
export interface CellRow {
  readonly rowNo: number;
  readonly line: number;
  readonly raw: string;
  readonly cells: readonly string[];
  readonly broken: BrokenRow | null;
}

/** How rows of one file are understood: its plan and options, made ready for a million rows. */
export interface Layout {
  readonly plan: FilePlan;
  readonly options: ImportOptions;
  readonly width: number;
  /** Its cells have a ' before what a spreadsheet would calculate. */
  readonly defused: boolean;
  /** The column of the order's reference; rows with one text there are one order. Null when each row is an order. */
  readonly key: number | null;
  /** Exports of Shopify and ours are written in one way wherever they are read. */
  readonly locale: Locale;
  readonly clock: ZoneClock;
  /** Where the fields stand; those that the file lacks are not there. */
  readonly at: ReadonlyMap<Field, number>;
}

export function layoutOf(plan: FilePlan, options: ImportOptions): Layout {
  const fields = plan.columns.map(({ field }, index) => [field, index] as const);
  const at = new Map(fields.filter(([field]) => field !== "ignore"));
  return {
    plan,
    options,
    width: plan.columns.length,
    defused: isDefused(plan),
    key: plan.grouping === "by_reference" ? (at.get(groupingField(plan.dialect)) ?? null) : null,
    locale: plan.dialect === "plain" ? options.locale : "iso",
    clock: zoneClock(options.time_zone),
    at,
  };
}

/** The text of a cell; empty when the row or the file has none such. */
export function textAt(layout: Layout, cells: readonly string[], index: number | undefined): string {
  const cell = index === undefined ? "" : (cells[index] ?? "");
  const text = layout.defused ? undefuse(cell) : cell;
  return layout.plan.dialect === "orderwell" ? text : text.trim();
}

export function textOf(layout: Layout, cells: readonly string[], field: Field): string {
  return textAt(layout, cells, layout.at.get(field));
}

/** A field's column as the file calls it. */
export function columnOf(layout: Layout, field: Field): string | null {
  const index = layout.at.get(field);
  return index === undefined ? null : (layout.plan.columns[index]?.name ?? null);
}
