import { createHash } from "node:crypto";
import type { ImportOptions } from "./import-options.ts";

/** A value with the members of its objects in one order. */
function ordered(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    members.sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, member]) => [name, ordered(member)]),
  );
}

/**
 * What tells options apart that read a file in another way, in whatever order they were given. The source is no part of
 * it: it is one of the things that say which file it is.
 */
export function fingerprintOfOptions({ source: _, ...options }: ImportOptions): string {
  return createHash("sha256")
    .update(JSON.stringify(ordered(options)))
    .digest("hex");
}
