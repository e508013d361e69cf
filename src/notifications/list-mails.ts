import type { Sql } from "../platform/db.ts";
import { mailCursorUnknown, mailNotFound } from "./notification-errors.ts";
import {
  findMail,
  listMailsOfOrder,
  listMailsOfOrderTo,
  listMailsTo,
  type Mail,
  type MailHead,
  type MailPage,
  listMails as selectMails,
} from "./notification-queries.ts";

export interface MailFilter {
  readonly orderId?: bigint | undefined;
  readonly recipient?: string | undefined;
}

export interface MailList {
  readonly mails: MailHead[];
  /** Gives the next page; null on the last. */
  readonly nextCursor: string | null;
}

const mostId = 2n ** 63n - 1n; // Above every id: a list without a cursor begins at the newest.
const cursorShape = /^[1-9]\d{0,18}$/;

function parseCursor(cursor: string): bigint {
  const text = Buffer.from(cursor, "base64url").toString("latin1");
  const before = cursorShape.test(text) ? BigInt(text) : mostId + 1n;
  if (before > mostId) throw mailCursorUnknown({});
  return before;
}

/**
 * Mails in the embedded mailbox, newest first. A page costs the same wherever it is, since it begins after an id.
 * @throws mail.cursor_unknown
 */
export async function listMails(
  sql: Sql,
  filter: MailFilter,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<MailList> {
  const before = cursor === undefined ? mostId : parseCursor(cursor);
  // One more than is shown tells whether there is a next page.
  const found = await select(sql, filter, { before, limit: limit + 1 });
  const mails = found.slice(0, limit);
  const last = mails.at(-1);
  const more = found.length > limit && last !== undefined;
  return { mails, nextCursor: more ? Buffer.from(last.mailId.toString()).toString("base64url") : null };
}

/** Each combination is a statement of its own, with a plan of its own. */
function select(sql: Sql, { orderId, recipient }: MailFilter, page: MailPage): Promise<MailHead[]> {
  if (orderId !== undefined && recipient !== undefined) return listMailsOfOrderTo(sql, { ...page, orderId, recipient });
  if (orderId !== undefined) return listMailsOfOrder(sql, { ...page, orderId });
  if (recipient !== undefined) return listMailsTo(sql, { ...page, recipient });
  return selectMails(sql, page);
}

/**
 * One mail, whole.
 * @throws mail.not_found
 */
export async function getMail(sql: Sql, mailId: string): Promise<Mail> {
  const id = cursorShape.test(mailId) ? BigInt(mailId) : 0n;
  const mail = id > 0n && id <= mostId ? await findMail(sql, { mailId: id }) : undefined;
  if (!mail) throw mailNotFound({ mail: mailId });
  return mail;
}
