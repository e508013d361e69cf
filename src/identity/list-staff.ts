import type { Sql } from "../platform/db.ts";
import type { Page, PageWanted } from "../platform/page-by-id.ts";
import { cursorUnknown } from "../platform/page-errors.ts";
import { staffNotFound } from "./staff-errors.ts";
import { findStaff, listStaff, type StaffMember } from "./staff-queries.ts";

const lastId = "ffffffff-ffff-ffff-ffff-ffffffffffff"; // Above every id: a list without a cursor begins at the newest.
export const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * A page of a list that runs from the newest UUID down, which grow with time.
 * @throws list.cursor_unknown
 */
export async function pageByUuid<Row>(
  { limit, cursor }: PageWanted,
  idOf: (row: Row) => string,
  select: (page: { before: string; limit: number }) => Promise<Row[]>,
): Promise<Page<Row>> {
  const before = cursor === undefined ? lastId : Buffer.from(cursor, "base64url").toString("latin1");
  if (!uuidShape.test(before)) throw cursorUnknown({});
  // One more than is shown tells whether there is a next page.
  const found = await select({ before, limit: limit + 1 });
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const more = found.length > limit && last !== undefined;
  return { rows, nextCursor: more ? Buffer.from(idOf(last)).toString("base64url") : null };
}

/**
 * Those who work here, newest first, the disabled ones too.
 * @throws list.cursor_unknown
 */
export function findStaffPage(sql: Sql, wanted: PageWanted): Promise<Page<StaffMember>> {
  return pageByUuid(
    wanted,
    ({ userId }) => userId,
    (page) => listStaff(sql, page),
  );
}

/**
 * Somebody who works here.
 * @throws identity.staff_not_found
 */
export async function getStaff(sql: Sql, userId: string): Promise<StaffMember> {
  const member = uuidShape.test(userId) ? await findStaff(sql, { userId }) : undefined;
  if (!member) throw staffNotFound({ staff: userId });
  return member;
}
