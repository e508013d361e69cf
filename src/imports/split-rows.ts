/** How long a row may be, in characters. A comment of a novel's length fits; a file that lost its line ends does not. */
export const longestRow = 1_048_576;
/** What is kept of a row that is longer. */
const keptOfLongRow = 2_000;
/** Stands where a row was cut: a character that is in no row that is understood. */
const cut = "\ufffd";

/** Whether this is what was kept of a row that was too long. */
export function isCutRow(raw: string): boolean {
  return raw.length === keptOfLongRow && raw.endsWith(cut);
}

/** Why a row has no cells. */
export type BrokenRow = "row_too_long" | "quote_unclosed" | "quote_misplaced";

/** A row as it stands in the file, without the line's end. */
export interface RawRow {
  /** The line on which it begins, counted from 1 as editors do. */
  readonly line: number;
  /** All of it; of one that is too long the beginning. */
  readonly raw: string;
  /** It has a quotation mark somewhere. */
  readonly quoted: boolean;
  readonly broken: BrokenRow | null;
}

const [lf, cr, quote] = [10, 13, 34];

/** Whether a row is the line before the header in which a file tells spreadsheets its delimiter: `sep=;`. */
export function isDelimiterLine({ raw }: RawRow): boolean {
  return /^"?sep=."?$/iu.test(raw);
}

type Found = { readonly end: number } | { readonly broken: BrokenRow } | "more";

/**
 * Cuts text into rows as it comes; the rows are the same however the text was cut. A row ends with LF, CR LF or CR
 * outside of quotes. Rows without content are left out. Where a quote is not closed within `longestRow`, or is closed
 * and something follows that is no delimiter, the row is what stands on the line where it began: one missing quote costs
 * one line and not the rest of the file.
 */
export class RowSplitter {
  #text = "";
  #at = 0;
  #line = 1;
  #ended = false;
  #skipping = false;
  /** Where the next ones stand at the earliest; -1 when not known. */
  #next: Record<"\n" | "\r" | '"', number> = { "\n": -1, "\r": -1, '"': -1 };
  readonly #delimiter: number;
  readonly #blank: RegExp;

  /** Without a delimiter rows are lines, and quotes mean nothing. */
  constructor(delimiter: string | null) {
    this.#delimiter = delimiter === null ? -1 : delimiter.charCodeAt(0);
    this.#blank = new RegExp(`^[\\s${delimiter ?? ""}]*$`, "u");
  }

  push(text: string): void {
    this.#text = this.#text.slice(this.#at) + text;
    this.#at = 0;
    this.#next = { "\n": -1, "\r": -1, '"': -1 };
  }

  end(): void {
    this.#ended = true;
  }

  /** The next row; undefined when more text is needed, or none is left. */
  next(): RawRow | undefined {
    while (this.#at < this.#text.length) {
      const end = this.#lineEnd(this.#at);
      if (this.#skipping) {
        if (!this.#skip(end)) return undefined;
        continue;
      }
      const row = this.#row(end);
      if (row === undefined || row.broken !== null || !this.#blank.test(row.raw)) return row;
    }
    return undefined;
  }

  #row(end: number): RawRow | undefined {
    const line = this.#line;
    if (end - this.#at > longestRow) {
      this.#skipping = true;
      const kept = this.#text.slice(this.#at, this.#at + keptOfLongRow - 1).toWellFormed();
      return { line, raw: `${kept}${cut}`, quoted: true, broken: "row_too_long" };
    }
    if (!this.#isWhole(end)) return undefined;
    const quoted = this.#delimiter >= 0 && this.#indexOf('"', this.#at) < end;
    const found = quoted ? this.#rowEnd() : { end };
    if (found === "more") return undefined;
    const raw = this.#text.slice(this.#at, "end" in found ? found.end : end);
    this.#pass(raw);
    return { line, raw, quoted, broken: "end" in found ? null : found.broken };
  }

  /** Moves behind a row and its line end, counting the lines. */
  #pass(raw: string): void {
    const end = this.#at + raw.length;
    for (let at = this.#lineEnd(this.#at); at < end; at = this.#lineEnd(this.#afterBreak(at))) this.#line += 1;
    this.#line += 1;
    this.#at = this.#afterBreak(end);
  }

  #afterBreak(at: number): number {
    return this.#text.charCodeAt(at) === cr && this.#text.charCodeAt(at + 1) === lf ? at + 2 : at + 1;
  }

  /** Leaves out the rest of a line; false when its end has not come yet. */
  #skip(end: number): boolean {
    const whole = this.#isWhole(end);
    this.#at = whole ? this.#afterBreak(end) : end;
    this.#skipping = !whole;
    if (whole) this.#line += 1;
    return whole;
  }

  /** Whether the line that ends here, where the text may end too, is there with all of its end. */
  #isWhole(end: number): boolean {
    if (this.#ended) return true;
    if (end >= this.#text.length) return false;
    return this.#text.charCodeAt(end) !== cr || end + 1 < this.#text.length;
  }

  #lineEnd(from: number): number {
    return Math.min(this.#indexOf("\n", from), this.#indexOf("\r", from));
  }

  /** Where the next one stands, or the end of the text. */
  #indexOf(char: "\n" | "\r" | '"', from: number): number {
    if (this.#next[char] < from) {
      const found = this.#text.indexOf(char, from);
      this.#next[char] = found === -1 ? this.#text.length : found;
    }
    return this.#next[char];
  }

  /** The end of the row that begins here, going from cell to cell. */
  #rowEnd(): Found {
    for (let at = this.#at; ; at += 1) {
      const cell = this.#cell(at);
      if (cell === "more" || "broken" in cell) return cell;
      at = cell.end;
      if (at - this.#at > longestRow) return { broken: "quote_unclosed" };
      if (this.#text.charCodeAt(at) !== this.#delimiter) return this.#isWhole(at) ? { end: at } : "more";
    }
  }

  /** The end of a cell; in one that does not begin with a quote they mean nothing. */
  #cell(from: number): Found {
    if (this.#text.charCodeAt(from) === quote) return this.#afterQuote(from);
    for (let at = from; at < this.#text.length; at += 1) {
      const char = this.#text.charCodeAt(at);
      if (char === this.#delimiter || char === lf || char === cr) return { end: at };
    }
    return { end: this.#text.length };
  }

  /** The place behind the quote that closes a cell. */
  #afterQuote(from: number): Found {
    const end = closingQuote(this.#text, from) + 1;
    if (end - this.#at > longestRow) return { broken: "quote_unclosed" };
    if (end >= this.#text.length && !this.#ended) return "more";
    if (end > this.#text.length) return { broken: "quote_unclosed" };
    const after = this.#text.charCodeAt(end);
    const closes = end === this.#text.length || after === this.#delimiter || after === lf || after === cr;
    return closes ? { end } : { broken: "quote_misplaced" };
  }
}

/**
 * The cells of each row, at most `most` of each; none of a broken one. The splitter has found the quotes of the others to be
 * in their places, so that nothing can go wrong here: by a library's parser it took four times as long (2026-11).
 */
export function cellsOfRows(rows: readonly RawRow[], delimiter: string, most: number): (readonly string[])[] {
  return rows.map(({ raw, quoted, broken }) => {
    if (broken !== null) return [];
    return quoted ? cellsOfQuoted(raw, delimiter, most) : raw.split(delimiter, most);
  });
}

function cellsOfQuoted(raw: string, delimiter: string, most: number): string[] {
  const cells: string[] = [];
  for (let at = 0; at <= raw.length && cells.length < most; at += 1) {
    const opened = raw.charCodeAt(at) === quote;
    const end = opened ? closingQuote(raw, at) : orEnd(raw, raw.indexOf(delimiter, at));
    const text = raw.slice(opened ? at + 1 : at, end);
    cells.push(opened && text.includes('"') ? text.replaceAll('""', '"') : text);
    at = opened ? end + 1 : end;
  }
  return cells;
}

function orEnd(text: string, at: number): number {
  return at === -1 ? text.length : at;
}

/** The first quote behind an opening one that is not doubled, or the end of the text. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from + 1);
  while (at !== -1 && text.charCodeAt(at + 1) === quote) at = text.indexOf('"', at + 2);
  return orEnd(text, at);
}
