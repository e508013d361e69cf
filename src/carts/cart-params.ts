import { type Static, Type } from "typebox";

const longestId = 64;

/** Whose taxes are shown. */
export const PlaceQuery = Type.Object(
  {
    country: Type.Optional(
      Type.String({
        pattern: "^[A-Z]{2}$",
        description: "Whose taxes are shown (ISO 3166-1); the shop's without it.",
        examples: ["JP"],
      }),
    ),
    region: Type.Optional(
      Type.String({
        pattern: "^[A-Z]{2}-[A-Z0-9]{1,3}$",
        description: "A region with taxes of its own (ISO 3166-2).",
        examples: ["JP-13"],
      }),
    ),
  },
  { additionalProperties: false },
);
export type PlaceQuery = Static<typeof PlaceQuery>;

const cartMember = {
  id: Type.String({
    maxLength: longestId,
    description: "The cart's UUID.",
    examples: ["019ab3c0-6fd2-7e61-8b0a-1f2e3d4c5b6a"],
  }),
};
export const lineMember = {
  line_id: Type.String({
    maxLength: longestId,
    description: "The line's UUID.",
    examples: ["019ab3c0-7001-7abc-8def-0123456789ab"],
  }),
};

/** Where a cart is found, and how the operations on it are called. */
export interface CartPlace {
  readonly path: string;
  /** The cart in the address; the one that the shopper adds to has no id there. */
  readonly member: typeof cartMember;
  readonly which: string;
  readonly ids: Readonly<Record<"get" | "clear" | "add" | "change" | "remove" | "accept", string>>;
}

/** Every cart is used in the same way, whether by its id or as the one that the shopper adds to. */
export const cartPlaces: readonly CartPlace[] = [
  {
    path: "/api/store/cart",
    member: {} as typeof cartMember,
    which: "the cart",
    ids: {
      get: "getCart",
      clear: "emptyCart",
      add: "addCartLine",
      change: "changeCartLine",
      remove: "removeCartLine",
      accept: "acceptCartPrices",
    },
  },
  {
    path: "/api/store/carts/:id",
    member: cartMember,
    which: "one of the shopper's carts",
    ids: {
      get: "getCartById",
      clear: "deleteCart",
      add: "addLineToCart",
      change: "changeLineOfCart",
      remove: "removeLineFromCart",
      accept: "acceptPricesOfCart",
    },
  },
];
