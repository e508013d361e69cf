import type { IncomingHttpHeaders } from "node:http";

/** Whoever owns carts, billing identities and orders: a user, or an anonymous shopper known by a signed cookie. */
export interface Shopper {
  readonly kind: "user" | "anonymous";
  /** `user/<id>` or `anonymous/<hash>`: what is theirs has it in its row. */
  readonly owner: string;
  /** The user; null for an anonymous shopper. */
  readonly user: ShoppingUser | null;
}

/** What is known of a user who is signed in. */
export interface ShoppingUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly emailVerified: boolean;
}

/** Who shops, and the cookies that the answer sets if it is a good one. */
export interface Recognized {
  readonly shopper: Shopper | undefined;
  readonly setCookies: readonly string[];
}

/** Knows shoppers by their cookies. */
export interface Shoppers {
  /** Answers whose cookies these are; nobody's when they are forged, expired, or belong to somebody who was merged. */
  recognize(headers: IncomingHttpHeaders): Promise<Recognized>;
  /** Makes a shopper of a stranger; nothing is written before the stranger's first write is. */
  welcome(): Recognized & { readonly shopper: Shopper };
}

/** For servers without a store: nobody shops, and no route asks for a shopper. */
export const noShoppers: Shoppers = {
  recognize: async () => ({ shopper: undefined, setCookies: [] }),
  welcome() {
    throw new Error("This server knows no shoppers.");
  },
};
