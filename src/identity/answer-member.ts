import { answerOnce } from "../http/answer-once.ts";
import type { Answer } from "../http/idempotency.ts";
import { writeJson } from "../http/write-json.ts";
import type { Tx } from "../platform/db.ts";
import { askerOf, getSession } from "./asker-of.ts";
import type { Accounts } from "./open-accounts.ts";
import type { Acting } from "./organization.ts";

/**
 * Does a write in the name of whoever is signed in, once for each key.
 * @throws http.sign_in_needed
 */
export async function answerMember(
  accounts: Accounts,
  request: Parameters<typeof answerOnce>[1],
  status: number,
  work: (tx: Tx, member: Acting) => Promise<object>,
): Promise<Answer> {
  const { session, token } = await getSession(accounts, request);
  const member = { userId: session.userId, name: session.name, token, asker: askerOf(request) };
  return answerOnce(accounts.db, request, accounts.clock, async (tx) => {
    return { status, body: writeJson(await work(tx, member)) };
  });
}
