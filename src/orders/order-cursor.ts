import { hash } from "node:crypto";
import { cursorUnknown } from "../platform/page-errors.ts";

/** Where a page of a sorted list begins: behind the order with this key. */
export interface SortKey {
  /** The date or the amount as text. */
  readonly key: string;
  readonly orderId: bigint;
}

const seals = 12; // Characters that tell lists apart; it keeps nobody out, since whoever may ask may ask anything.
const shape = /^([\w-]{12}) (\d{1,16}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) ([1-9]\d{0,17})$/;

/** A short sign of what a list was asked for; times and large numbers are told by their text. */
function sealOf(list: object): string {
  const text = JSON.stringify(list, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
  return hash("sha256", text, "base64url").slice(0, seals);
}

/** The cursor of the page behind a key, good for the same list alone. */
export function cursorBehind(list: object, { key, orderId }: SortKey): string {
  return Buffer.from(`${sealOf(list)} ${key} ${orderId}`).toString("base64url");
}

/**
 * Reads a cursor of this list.
 * @throws list.cursor_unknown
 */
export function parseCursor(list: object, cursor: string): SortKey {
  const [, seal, key, orderId] = shape.exec(Buffer.from(cursor, "base64url").toString("latin1")) ?? [];
  if (seal !== sealOf(list) || key === undefined || orderId === undefined) throw cursorUnknown({});
  return { key, orderId: BigInt(orderId) };
}
