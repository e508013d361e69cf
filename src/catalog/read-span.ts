import { Type } from "typebox";
import { parseTime, wrongTime } from "../http/parse-time.ts";
import type { Fault } from "../platform/errors.ts";

/** A time that may be left open. */
export function openTime(description: string) {
  return Type.Union([Type.String({ format: "date-time" }), Type.Null()], { description, examples: [null] });
}

/** Reads a time that a draft states; a fault is told where it stands. */
export function readTime(text: string | null, pointer: string, faults: Fault[]): Date | null {
  if (text === null) return null;
  const time = parseTime(text);
  if (!time) faults.push({ pointer, detail: wrongTime });
  return time ?? null;
}
