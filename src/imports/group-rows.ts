import { type CellRow, type Layout, textAt } from "./layout.ts";
import { mostRowsOfOrder } from "./reading.ts";

/** As much as a thousand rows of four thousand characters; what is held at once stays bounded, however long rows are. */
export const mostCharactersOfOrder = 4_194_304;

/** Rows that stand together and have one reference. */
export interface Fragment {
  readonly rows: readonly CellRow[];
  /** More rows of the reference follow or went before: it has more than an order may have. */
  readonly tooMany: boolean;
}

/** The text that says which order a row belongs to; null for a row that stands alone. Of a broken row as far as it can be read. */
function keyOf(layout: Layout, row: CellRow): string | null {
  if (layout.key === null) return null;
  const cells = row.broken === null ? row.cells : cellsBeforeBreak(row.raw, layout.plan.delimiter, layout.key);
  const text = textAt(layout, cells, layout.key);
  return text === "" ? null : text;
}

/** The first cells of a broken row, when no quotation mark stands in them; the last of what was kept may be cut. */
function cellsBeforeBreak(raw: string, delimiter: string, key: number): readonly string[] {
  const cells = raw.split(delimiter, key + 2);
  return cells.length < key + 2 || cells.slice(0, key + 1).some((cell) => cell.includes('"')) ? [] : cells;
}

/** Puts rows together as they come. The same rows give the same fragments wherever reading begins again. */
export class RowGroups {
  #rows: CellRow[] = [];
  #characters = 0;
  #key: string | null = null;
  #tooMany = false;
  readonly #layout: Layout;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** Takes the next row; answers the fragment that ended before it. */
  push(row: CellRow): Fragment | undefined {
    const own = keyOf(this.#layout, row);
    // In Shopify's files cells of the order are empty on its further rows; some that went through other hands lack the name too.
    const key = own === null && this.#layout.plan.dialect === "shopify" ? this.#key : own;
    const goesOn = key !== null && key === this.#key;
    this.#characters += row.raw.length;
    if (goesOn && this.#rows.length < mostRowsOfOrder && this.#characters <= mostCharactersOfOrder) {
      this.#rows.push(row);
      return undefined;
    }
    this.#tooMany ||= goesOn;
    const fragment = this.end();
    this.#rows = [row];
    this.#characters = row.raw.length;
    this.#key = key;
    this.#tooMany &&= goesOn;
    return fragment;
  }

  /** The last fragment, when no row follows. */
  end(): Fragment | undefined {
    if (this.#rows.length === 0) return undefined;
    return { rows: this.#rows, tooMany: this.#tooMany };
  }
}
