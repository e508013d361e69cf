import type { IncomingHttpHeaders } from "node:http";
import type { Recognized, Shopper, Shoppers } from "../http/shopper.ts";
import type { Sql } from "../platform/db.ts";
import { randomToken } from "../platform/ids.ts";
import { anonymousCookie, anonymousOwner, anonymousTokenBytes, readAnonymous, writeAnonymous } from "./anonymous.ts";
import { findMerged } from "./shopper-queries.ts";

export interface ShopperOptions {
  /** Signs cookies. */
  readonly secret: string;
  /** Whether cookies travel by TLS alone. */
  readonly secure: boolean;
}

const yearSeconds = 31_536_000; // Browsers keep a cookie for 400 days at most.

/** The value of a cookie; the first one when a name comes twice, as servers have it. */
function cookieOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  for (const pair of (headers.cookie ?? "").split(";")) {
    const [key, value] = pair.split("=", 2);
    if (key?.trim() === name) return value?.trim();
  }
  return undefined;
}

function cookieText(value: string, { secure }: ShopperOptions): string {
  return `${anonymousCookie}=${value}; Path=/; Max-Age=${yearSeconds}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
}

function anonymousShopper(token: string): Shopper {
  return { kind: "anonymous", owner: anonymousOwner(token), user: null };
}

/** Opens what knows shoppers by their cookies. */
export function openShoppers(db: Sql, options: ShopperOptions): Shoppers {
  return {
    async recognize(headers): Promise<Recognized> {
      const token = readAnonymous(cookieOf(headers, anonymousCookie) ?? "", options.secret);
      if (token === undefined) return { shopper: undefined, setCookies: [] };
      const shopper = anonymousShopper(token);
      const merged = await findMerged(db, { owner: shopper.owner });
      return { shopper: merged ? undefined : shopper, setCookies: [] };
    },
    welcome() {
      const token = randomToken(anonymousTokenBytes);
      return {
        shopper: anonymousShopper(token),
        setCookies: [cookieText(writeAnonymous(token, options.secret), options)],
      };
    },
  };
}
