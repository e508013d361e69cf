import type { Sql } from "../platform/db.ts";
import type { SandboxSession } from "./page.ts";
import { findSandboxSessionByKey, insertSandboxSession } from "./page-queries.ts";

/**
 * Opens a payment page and answers it as it stands in the books; the same key has the same page. Undefined: the key
 * stands for another amount or currency.
 */
export async function openSandboxSession(
  sql: Sql,
  asked: Omit<SandboxSession, "status">,
): Promise<SandboxSession | undefined> {
  if (await insertSandboxSession(sql, asked)) return { ...asked, status: "open" };
  const before = await findSandboxSessionByKey(sql, { orderId: asked.orderId, key: asked.idempotencyKey });
  const same = before?.amountMinor === asked.amountMinor && before.currency === asked.currency;
  return same ? before : undefined;
}
