import type { Sql } from "../platform/db.ts";
import { sandboxSessionNotFound } from "./gateway-errors.ts";
import type { SandboxSession } from "./page.ts";
import { findSandboxSession } from "./page-queries.ts";

/**
 * A payment page of the sandbox.
 * @throws payment.sandbox_session_not_found
 */
export async function getSandboxSession(sql: Sql, sessionId: string): Promise<SandboxSession> {
  const session = await findSandboxSession(sql, { sessionId });
  if (!session) throw sandboxSessionNotFound({});
  return session;
}
