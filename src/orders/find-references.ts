import type { Sql } from "../platform/db.ts";
import { findOrdersByReference, findOrdersByUidRange } from "./order-queries.ts";

/** An order that is there already. */
export interface PlacedBefore {
  readonly orderId: bigint;
  readonly uid: string;
}

/** What a source calls an order. */
export interface Reference {
  readonly source: string;
  readonly reference: string;
}

/** Which of these references have an order. Asks nothing for none. */
export async function findReferences(
  sql: Sql,
  references: readonly Reference[],
): Promise<(PlacedBefore & Reference)[]> {
  if (references.length === 0) return [];
  return findOrdersByReference(sql, {
    sources: references.map(({ source }) => source),
    references: references.map(({ reference }) => reference),
  });
}

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text is a UUID as it is written here, in small letters. */
export function isUid(text: string): boolean {
  return uuidShape.test(text);
}

const namingDigits = -4; // Events and attempts are called as their order, with numbers in place of the last four digits.

/** What the names of an order's events and attempts have in common: no two orders may share it. */
export function stemOf(uid: string): string {
  return uid.slice(0, namingDigits);
}

/** The orders that have one of these UUIDs, or one so near that their events and attempts would share their names. */
export async function findNearUids(sql: Sql, uids: readonly string[]): Promise<PlacedBefore[]> {
  const stems = [...new Set(uids.filter(isUid).map(stemOf))];
  if (stems.length === 0) return [];
  return findOrdersByUidRange(sql, {
    lows: stems.map((stem) => `${stem}0000`),
    highs: stems.map((stem) => `${stem}ffff`),
  });
}

/** The orders that have one of these UUIDs. Asks nothing for none. */
export async function findUids(sql: Sql, uids: readonly string[]): Promise<PlacedBefore[]> {
  const asked = new Set(uids.map((uid) => uid.toLowerCase()));
  return (await findNearUids(sql, [...asked])).filter(({ uid }) => asked.has(uid));
}
