import type { StoreClient } from "../support/store-client.ts";
import { openPools, type Pools } from "./pools.ts";

/** Somebody with a browser, and what answers told in it. */
export interface Person {
  /** Undefined for a shopper without an account. */
  readonly email: string | undefined;
  readonly pools: Pools;
  /** As a request sends them. */
  cookies(): string;
  /** Takes in what an answer sets. */
  keep(setCookies: readonly string[]): void;
}

/** Who shops in a campaign. */
export interface Crowd {
  /** Without accounts. */
  readonly shoppers: readonly Person[];
  /** Signed in, and in organizations with each other. */
  readonly users: readonly Person[];
  /** A shopper who has things of their own and tries those of others. */
  readonly thief: Person;
}

/** Takes over the cookies of a client. */
export function personOf(client: Pick<StoreClient, "cookies">, email?: string): Person {
  const { cookies } = client;
  return {
    email,
    pools: openPools(),
    cookies: () => [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
    keep(setCookies) {
      for (const line of setCookies) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (value === "") cookies.delete(name);
        else cookies.set(name, value);
      }
    },
  };
}
