import { between, chance, type Dice, oneOf } from "./choose.ts";
import { billingDraft, billingPatch } from "./make-billing.ts";
import type { Making, Starter, Values } from "./making.ts";

/** The prices that nobody takes away in a campaign, as the pool of all has them. */
export const forSale = "for sale";

interface ShownLine {
  readonly line_id: string;
  readonly unit_amount: number | null;
}

interface ShownCart {
  readonly cart_id: string | null;
  readonly status: string;
  readonly kind: string;
  readonly total_amount: number;
  readonly baskets: readonly { readonly lines: readonly ShownLine[] }[];
}

/** The cart as it was seen last; others may have written it since. */
function lastCart({ pools }: Making, kind: RegExp = /./): ShownCart | undefined {
  const carts = pools.seen("cart") as unknown as readonly ShownCart[];
  return carts.findLast((cart) => cart.cart_id !== null && kind.test(cart.kind));
}

function linesOf(cart: ShownCart | undefined): ShownLine[] {
  return cart?.baskets.flatMap(({ lines }) => lines) ?? [];
}

function anyLine(dice: Dice, cart: ShownCart | undefined): ShownLine | undefined {
  const lines = linesOf(cart);
  return lines.length > 0 ? oneOf(dice, lines) : undefined;
}

/** Where carts are shown, taxes of most places are like those of the shop. */
const here: Values = { "{country}": "JP", "{region}": "JP-13" };

const added: Starter = ({ dice, all }) => {
  const prices = all.named(forSale);
  const price = prices.length > 0 ? { price_id: oneOf(dice, prices) } : {};
  return { ...here, ...price, pricing_id: undefined, quantity: between(dice, 1, 5) };
};

/** A line of the cart that is added to, or of any by its id. */
function lineOf(making: Making, kind?: RegExp): Values {
  const cart = lastCart(making, kind);
  const line = anyLine(making.dice, cart);
  return { ...here, ...(cart ? { "{id}": cart.cart_id } : {}), ...(line ? { "{line_id}": line.line_id } : {}) };
}

function agreed(making: Making, kind?: RegExp): Values {
  const cart = lastCart(making, kind);
  const lines = linesOf(cart).flatMap(({ line_id, unit_amount }) =>
    unit_amount === null ? [] : [{ line_id, unit_amount }],
  );
  return { ...here, ...(cart ? { "{id}": cart.cart_id } : {}), ...(lines.length > 0 ? { lines } : {}) };
}

const current = /^current$/;

function withoutOrganization({ organization_id: _, ...draft }: Values): Values {
  return draft;
}

/** What it comes to where the shop is: elsewhere taxes are others. */
function checkedOut(making: Making): Values {
  const { dice, pools } = making;
  const carts = pools.seen("cart") as unknown as readonly ShownCart[];
  const cart = carts.findLast(({ cart_id, status }) => cart_id !== null && status === "open");
  const known = pools.seen("customer");
  const whom =
    known.length > 0 && chance(dice, 0.3)
      ? { customer_id: oneOf(dice, known).id, billing: undefined }
      : { customer_id: undefined, billing: withoutOrganization(billingDraft(dice)) };
  const named = cart ? { cart_id: cart.cart_id, total_amount: cart.total_amount } : {};
  return { ...named, ...whom, return_url: undefined };
}

interface SeenOrder {
  readonly id: string;
  readonly payable: boolean;
  readonly payment: { readonly session_id: string | null; readonly url: string | null } | null;
}

function ownOrder({ dice, pools }: Making, fits: (order: SeenOrder) => boolean = () => true): Values {
  const orders = (pools.seen("order") as unknown as readonly SeenOrder[]).filter(fits);
  return { "{id}": orders.length > 0 ? oneOf(dice, orders).id : "none", return_url: undefined };
}

/** A page that was open when it was last heard of, whoever was sent there: its id opens it. */
function openPage({ dice, all }: Making): Values {
  const orders = all.seen("order") as unknown as readonly SeenOrder[];
  const pages = orders.flatMap(({ payment }) => (payment?.url ? [payment.session_id] : []));
  return pages.length > 0 ? { "{session_id}": chance(dice, 0.7) ? pages.at(-1) : oneOf(dice, pages) } : {};
}

const ownCustomer: Starter = ({ dice, pools }) => {
  const known = pools.seen("customer");
  return { "{id}": known.length > 0 ? oneOf(dice, known).id : "none" };
};

/** Customers that were made in the back office; those of shoppers are theirs. */
const anyCustomer: Starter = ({ dice, all }) => {
  const made = all.answersOf("createCustomer");
  return { "{id}": made.length > 0 ? oneOf(dice, made).id : "none" };
};

const owners = ["2ed6657d-e927-568b-95e1-2665a8aea6a2", "019ab3c0-7a01-7d55-8c2e-0b1a2c3d4e5f"];

/** By operation: what shoppers do, and billing identities. */
export const shopStarters: Readonly<Record<string, Starter>> = {
  listStoreProducts: () => ({ ...here, "{currency}": "JPY" }),
  getStoreProduct: ({ dice, all }) => ({ ...here, "{key}": oneOf(dice, ["none", ...all.named("keys for sale")]) }),
  getCart: () => here,
  addCartLine: added,
  buyNow: added,
  addLineToCart: (making) => ({ ...added(making), ...lineOf(making) }),
  getCartById: lineOf,
  deleteCart: (making) => lineOf(making, /buy_now/),
  changeCartLine: (making) => ({ ...lineOf(making, current), quantity: between(making.dice, 1, 9) }),
  changeLineOfCart: (making) => ({ ...lineOf(making), quantity: between(making.dice, 1, 9) }),
  removeCartLine: (making) => lineOf(making, current),
  removeLineFromCart: (making) => lineOf(making, /buy_now/),
  acceptCartPrices: (making) => agreed(making, current),
  acceptPricesOfCart: (making) => agreed(making),
  checkOut: checkedOut,
  getStoreOrder: (making) => ownOrder(making),
  payStoreOrder: (making) => ownOrder(making, ({ payable }) => payable),
  returnToStoreOrder: (making) => ownOrder(making),
  getSandboxSession: openPage,
  // A payment that is slow would be waited for, each time that all is to be at rest.
  decideSandboxSession: (making) => ({
    ...openPage(making),
    action: oneOf(making.dice, ["pay", "pay", "decline", "fail_challenge"]),
  }),
  createBillingIdentity: ({ dice }) => billingDraft(dice),
  getBillingIdentity: ownCustomer,
  reviseBillingIdentity: (making) => ({ ...ownCustomer(making), ...billingPatch(making.dice) }),
  deleteBillingIdentity: ownCustomer,
  chooseDefaultBillingIdentity: ownCustomer,
  createCustomer: ({ dice }) => ({ ...billingDraft(dice), owner: `user/${oneOf(dice, owners)}` }),
  getCustomer: anyCustomer,
  reviseCustomer: (making) => ({ ...anyCustomer(making), ...billingPatch(making.dice) }),
  deleteCustomer: anyCustomer,
  chooseDefaultCustomer: anyCustomer,
};
