/** What a command answers: for people, or for the program that it is piped into. */
export function say(line: string): void {
  console.log(line);
}

/** What goes on meanwhile, and what went wrong: never mixed into the answer. */
export function complain(line: string): void {
  console.error(line);
}

const indent = 2;

/**
 * Lets a command go on when nobody can read what it says: `verify | head` still ends with its own exit code, and a server
 * whose terminal is gone, or whose disk is full, still serves.
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
}

/** A value as JSON on several lines. Ids are bigint, and never so large that a number would not hold them. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? Number(part) : part), indent);
}

/** Characters of two columns. Source: Unicode, East Asian Width, as far as names of shops need it. */
const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;

function widthOf(text: string): number {
  return text.length + (text.match(wide)?.length ?? 0);
}

/** Rows as columns that line up, with two spaces between them. */
export function columnsText(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, widthOf(cell));
  }
  return rows.map((row) =>
    row
      .map((cell, index) => cell + " ".repeat(Math.max(0, (widths[index] ?? 0) - widthOf(cell))))
      .join("  ")
      .trimEnd(),
  );
}

/** A line with what comes from a file: nothing in it can move a terminal's cursor or turn its text around. */
export function harmless(line: string): string {
  return line.replace(
    /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
