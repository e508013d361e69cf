import type { Recognized, Shopper, Shoppers } from "../http/shopper.ts";
import type { Sql } from "../platform/db.ts";
import { randomToken } from "../platform/ids.ts";
import { anonymousCookie, anonymousOwner, anonymousTokenBytes, readAnonymous, writeAnonymous } from "./anonymous.ts";
import { type CookieHeaders, type CookieOptions, clearCookie, cookieOf, writeCookie } from "./cookie.ts";
import type { Sessions } from "./open-sessions.ts";
import { openVisitors } from "./open-visitors.ts";
import type { Session } from "./session.ts";

/** Makes what an anonymous shopper had the user's; a second call, and one at the same time, changes nothing more. */
export type OnSignedIn = (found: { anonymousOwner: string; userId: string }) => Promise<void>;

export interface ShopperOptions extends CookieOptions {
  /** Signs cookies. */
  readonly secret: string;
  readonly sessions: Sessions;
  readonly onSignedIn: OnSignedIn;
}

/** Shoppers, and what becomes of an anonymous one who signs in. */
export interface KnownShoppers extends Shoppers {
  /**
   * Makes the user's what the anonymous shopper had whose cookie came, if one did; answers the cookies that take it
   * away. Throws when that cannot be done now: the cookie stays, and the next request does it.
   */
  merge(headers: CookieHeaders, userId: string): Promise<readonly string[]>;
}

const yearSeconds = 31_536_000; // Browsers keep a cookie for 400 days at most.

function anonymousShopper(token: string): Shopper {
  return { kind: "anonymous", owner: anonymousOwner(token), user: null };
}

function userShopper({ userId, name, email, emailVerified }: Session): Shopper {
  return { kind: "user", owner: `user/${userId}`, user: { id: userId, name, email, emailVerified } };
}

const nobody: Recognized = { shopper: undefined, setCookies: [] };

/** Opens what knows shoppers by their cookies: a session first, then a visitor's. */
export function openShoppers(db: Sql, options: ShopperOptions): KnownShoppers {
  const { secret, sessions, onSignedIn } = options;
  const visitors = openVisitors(db);
  const tokenOf = (headers: CookieHeaders) => readAnonymous(cookieOf(headers, anonymousCookie) ?? "", secret);

  async function merge(headers: CookieHeaders, userId: string): Promise<readonly string[]> {
    const token = tokenOf(headers);
    if (token === undefined) return [];
    await onSignedIn({ anonymousOwner: anonymousOwner(token), userId });
    visitors.forget(anonymousOwner(token));
    return [clearCookie(anonymousCookie, options)];
  }

  return {
    merge,
    async recognize(headers) {
      const session = await sessions.find(headers);
      if (session) return { shopper: userShopper(session), setCookies: await merge(headers, session.userId) };
      const token = tokenOf(headers);
      if (token === undefined) return nobody;
      const shopper = anonymousShopper(token);
      return (await visitors.isMerged(shopper.owner)) ? nobody : { shopper, setCookies: [] };
    },
    welcome() {
      const token = randomToken(anonymousTokenBytes);
      const cookie = writeCookie(anonymousCookie, writeAnonymous(token, secret), {
        ...options,
        maxAgeSeconds: yearSeconds,
      });
      return { shopper: anonymousShopper(token), setCookies: [cookie] };
    },
  };
}
