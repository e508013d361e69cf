import type { FilePlan } from "./reading.ts";

/** The first line of the file of rejected rows; undefined where the format has none. */
export function rejectedHeader(_plan: FilePlan): string | undefined {
  throw new Error("Not there yet.");
}

/** A rejected row as it stood in the file, with its line and the reasons beside it. No line's end. */
export function rejectedRow(_plan: FilePlan, _row: { line: number; raw: string; reasons: readonly string[] }): string {
  throw new Error("Not there yet.");
}
