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

/** Rows as columns that line up, with two spaces between them. */
export function columnsText(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
