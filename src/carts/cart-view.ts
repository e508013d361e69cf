import { type Static, Type } from "typebox";
import { minor } from "../http/minor-view.ts";
import type { Cart } from "./cart.ts";
import { CartLineView, cartLineView, TaxView, taxView } from "./cart-line-view.ts";
import type { PricedCart, PricedLine } from "./price-cart.ts";
import { type Totals, totalsOf } from "./totals.ts";

const Id = Type.String({ format: "uuid" });
const Time = Type.String({ format: "date-time" });
const Kind = Type.Enum(["current", "buy_now", "set_aside"], {
  description:
    "`current` is what the shopper adds to, `buy_now` was made for one purchase, `set_aside` came along at sign-in and could not become one with the current one.",
  examples: ["current"],
});
const Status = Type.Enum(["open", "checked_out"], {
  description: "One that was checked out became an order, which has what counts.",
  examples: ["open"],
});
const Currency = Type.String({ description: "ISO 4217. An empty cart takes any.", examples: ["JPY"] });

const BasketView = Type.Object(
  {
    provider_id: Type.Union([Type.String(), Type.Null()], {
      description: "Who makes or ships it; null for lines that the catalogue knows no more.",
      examples: ["own"],
    }),
    lines: Type.Array(CartLineView),
    total_amount: minor(1728),
  },
  { title: "ProviderBasket" },
);

const TaxSumView = Type.Object(
  { ...TaxView.properties, net_amount: minor(1571), tax_amount: minor(157) },
  { title: "CartTaxSum" },
);

/** A cart as its shopper sees it, whole: what every write answers, too. */
export const CartView = Type.Object(
  {
    cart_id: Type.Union([Id, Type.Null()], { description: "Null for a cart with nothing in it, which nobody keeps." }),
    kind: Kind,
    status: Status,
    currency: Currency,
    baskets: Type.Array(BasketView, { description: "The lines by who makes or ships them." }),
    price_changed: Type.Boolean({ description: "A price waits to be agreed to.", examples: [false] }),
    orderable: Type.Boolean({
      description: "Nothing in it stands in the way of an order: no problem, and no price to agree to.",
      examples: [true],
    }),
    items_amount: minor(1728),
    discount_amount: minor(0),
    tax_amount: minor(0),
    tax_included_amount: minor(157),
    shipping_amount: minor(0),
    total_amount: minor(1728),
    taxes: Type.Array(TaxSumView, { description: "What each tax comes to." }),
    created_at: Type.Union([Time, Type.Null()]),
    updated_at: Type.Union([Time, Type.Null()]),
  },
  { title: "Cart" },
);
export type CartView = Static<typeof CartView>;

/** What a line adds to what is to be paid. */
function paidFor({ amounts }: PricedLine): bigint {
  return amounts ? amounts.lineTotalMinor + amounts.taxMinor : 0n;
}

/** Providers in the order in which their first lines were put in. */
function basketsOf(lines: readonly PricedLine[]): CartView["baskets"] {
  const baskets = Map.groupBy(lines, ({ product }) => product?.providerId ?? null);
  return [...baskets].map(([provider_id, ofProvider]) => ({
    provider_id,
    lines: ofProvider.map(cartLineView),
    total_amount: ofProvider.reduce((sum, line) => sum + paidFor(line), 0n),
  }));
}

function amountsView(totals: Totals) {
  return {
    items_amount: totals.itemsMinor,
    discount_amount: totals.discountMinor,
    tax_amount: totals.taxMinor,
    tax_included_amount: totals.taxIncludedMinor,
    shipping_amount: totals.shippingMinor,
    total_amount: totals.totalMinor,
    taxes: totals.taxes.map(({ rate, netMinor, taxMinor }) => ({
      ...taxView(rate),
      net_amount: netMinor,
      tax_amount: taxMinor,
    })),
  };
}

export function cartView(cart: PricedCart): CartView {
  const { cartId, kind, status, currency, lines, totals } = cart;
  const priceChanged = lines.some((line) => line.priceChanged);
  return {
    cart_id: cartId,
    kind,
    status: status === "open" ? "open" : "checked_out",
    currency,
    baskets: basketsOf(lines),
    price_changed: priceChanged,
    orderable: status === "open" && !priceChanged && lines.every(({ problem }) => problem === null),
    ...amountsView(totals),
    created_at: cart.createdAt.toISOString(),
    updated_at: cart.updatedAt.toISOString(),
  };
}

/** What a shopper sees who has put nothing in. */
export function emptyCartView(currency: string): CartView {
  return {
    cart_id: null,
    kind: "current",
    status: "open",
    currency,
    baskets: [],
    price_changed: false,
    orderable: false,
    ...amountsView(totalsOf({ lines: [] })),
    created_at: null,
    updated_at: null,
  };
}

const CartEntryView = Type.Object(
  {
    cart_id: Id,
    kind: Kind,
    currency: Currency,
    lines: Type.Integer({ description: "How many lines it has.", examples: [2] }),
    created_at: Time,
    updated_at: Time,
  },
  { title: "CartEntry" },
);

export const CartListView = Type.Object(
  {
    data: Type.Array(CartEntryView),
    page: Type.Integer({ examples: [1] }),
    page_size: Type.Integer({ examples: [20] }),
    total: Type.Integer({ description: "On all pages.", examples: [1] }),
  },
  { title: "CartList" },
);

export function cartEntryView(cart: Cart & { lines: number }): Static<typeof CartEntryView> {
  return {
    cart_id: cart.cartId,
    kind: cart.kind,
    currency: cart.currency,
    lines: cart.lines,
    created_at: cart.createdAt.toISOString(),
    updated_at: cart.updatedAt.toISOString(),
  };
}
