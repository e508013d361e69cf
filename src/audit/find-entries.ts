import type { Sql } from "../platform/db.ts";
import { type Page, type PageWanted, pageById } from "../platform/page-by-id.ts";
import { type EntryFilter, listEntries } from "./audit-queries.ts";
import type { Entry } from "./entry.ts";

/**
 * Who did what, newest first.
 * @throws list.cursor_unknown
 */
export function findEntries(sql: Sql, filter: EntryFilter, wanted: PageWanted): Promise<Page<Entry>> {
  return pageById(
    wanted,
    (entry) => entry.entryId,
    (page) => listEntries(sql, filter, page),
  );
}
