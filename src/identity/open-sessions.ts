import { signInNeeded } from "../http/http-errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { type CookieHeaders, type CookieOptions, clearCookie, cookieOf, writeCookie } from "./cookie.ts";
import { longestSessionSeconds, readSession, renewalOf, type Session, sessionCookie, writeSession } from "./session.ts";
import { deleteSession, findSession, renewSession } from "./session-queries.ts";

/** The sessions that come with requests. */
export interface Sessions {
  /** The token that a request brought and that we signed. */
  tokenOf(headers: CookieHeaders): string | undefined;
  /** The session of a request, or nobody's: forged, ended and expired cookies are looked at and forgotten. */
  find(headers: CookieHeaders): Promise<Session | undefined>;
  /**
   * The session with this token, which was just opened: another sign-in of the same user may have ended it since.
   * @throws http.sign_in_needed
   */
  get(token: string): Promise<Session>;
  /** Ends the session that a request brought, if any. */
  end(headers: CookieHeaders): Promise<void>;
  /** The cookie of a session that was opened. It lasts as long as any session can: when one ends is known here alone. */
  cookie(token: string): string;
  readonly cleared: string;
}

/** Opens what knows sessions by their cookies. Nothing of the sign-in library is loaded for it. */
export function openSessions(
  { db, clock }: { db: Db; clock: Clock },
  options: CookieOptions & { readonly secret: string },
): Sessions {
  const { secret } = options;
  const cookie = (token: string) =>
    writeCookie(sessionCookie, writeSession(token, secret), { ...options, maxAgeSeconds: longestSessionSeconds });
  const tokenOf = (headers: CookieHeaders) => readSession(cookieOf(headers, sessionCookie) ?? "", secret);
  return {
    tokenOf,
    async find(headers) {
      const token = tokenOf(headers);
      if (token === undefined) return undefined;
      const now = clock.now();
      const session = await findSession(db, { token, now });
      const expiresAt = session && renewalOf(session, now);
      if (expiresAt) {
        const { sessionId, updatedAt: seenAt } = session;
        await db.transaction((tx) => renewSession(tx, { sessionId, seenAt, expiresAt, now }));
      }
      return session;
    },
    async get(token) {
      const session = await findSession(db, { token, now: clock.now() });
      if (!session) throw signInNeeded({});
      return session;
    },
    async end(headers) {
      const token = tokenOf(headers);
      if (token !== undefined) await db.transaction((tx) => deleteSession(tx, { token }));
    },
    cookie,
    cleared: clearCookie(sessionCookie, options),
  };
}
