import { cartNotFound, checkOutCart, lockCart, priceCart } from "../carts/index.ts";
import { findTaxRates, languagesOf, lockSellables } from "../catalog/index.ts";
import {
  type Customer,
  type CustomerDraft,
  createCustomer,
  findCustomer,
  findDefaultCustomer,
} from "../customers/index.ts";
import { lockShopper } from "../identity/index.ts";
import {
  type Author,
  localeOf,
  noOrigin,
  type OrderPolicy,
  type OrderWithItems,
  type PaymentPlan,
  placeOrders,
} from "../orders/index.ts";
import type { PaymentAttempt } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { assertOrderable } from "./assert-orderable.ts";
import { billingMissing } from "./checkout-errors.ts";
import { cartOfPurchase, itemsOfPurchase, type Purchase } from "./describe-purchase.ts";

/** Who is billed: somebody who is known, somebody new, or the default. */
export type Billed =
  | { readonly kind: "known"; readonly customerId: string }
  | { readonly kind: "new"; readonly customerId: string; readonly draft: CustomerDraft }
  | { readonly kind: "default" };

export interface PrepareOrder {
  readonly orderId: bigint;
  readonly uid: string;
  readonly owner: string;
  /** Whose billing identities may be used: the shopper's, and those of organizations that the shopper may buy for. */
  readonly billers: readonly string[];
  readonly cartId: string;
  readonly billed: Billed;
  /** What the shopper was shown that it comes to. */
  readonly shownMinor: bigint;
  /** In which languages things are called in the order. */
  readonly acceptLanguage: string | undefined;
  readonly payment: PaymentPlan;
  readonly by: Author;
}

export type PreparedOrder =
  | {
      readonly order: OrderWithItems;
      readonly attempt: PaymentAttempt | undefined;
      /** JSON. */
      readonly details: string;
    }
  /** The cart was ordered before. */
  | { readonly before: bigint };

/**
 * Makes an immutable order of a cart: billing, prices and availability are checked under locks, everything that was agreed
 * to is frozen, and the cart never changes again. A cart that was ordered already answers its order.
 *
 * Locks the shopper, the cart, then what is sold. Sends `OrderCreated`, `CartCheckedOut`, `PaymentInitiated`.
 * Source: BOB StoreInteractor, `prepare_order`.
 * @throws cart.not_found, checkout.cart_empty, checkout.billing_missing, customer.invalid, customer.too_many,
 * checkout.not_for_sale, checkout.recurring_price, checkout.price_changed, identity.shopper_merged
 */
export async function prepareOrder(
  tx: Tx,
  asked: PrepareOrder,
  policy: OrderPolicy,
  now: Date,
): Promise<PreparedOrder> {
  const { owner, cartId } = asked;
  // What is read is read behind the locks: the statements run in this order, in one round trip.
  const [, cart, known] = await Promise.all([
    lockShopper(tx, owner),
    lockCart(tx, { owner, cartId }),
    knownCustomer(tx, asked),
  ]);
  if (!cart || cart.status === "merged") throw cartNotFound({ cart: cartId });
  if (cart.orderId !== null) return { before: cart.orderId };

  const customer = known ?? (await newCustomer(tx, asked, now));
  const priceIds = cart.lines.map(({ priceId }) => priceId);
  const [sellables, rates] = await Promise.all([
    lockSellables(tx, { priceIds, at: now }),
    findTaxRates(tx, { country: customer.country, at: now }),
  ]);
  const locale = localeOf(asked.acceptLanguage, cart.currency);
  const languages = [...languagesOf(asked.acceptLanguage), locale];
  const priced = priceCart(cart, { sellables, rates, region: customer.region, languages });
  const lines = assertOrderable(priced, asked.shownMinor);
  return place(tx, { asked, policy, now, purchase: { cart: priced, lines, customer, locale } });
}

async function knownCustomer(tx: Tx, { owner, billers, billed }: PrepareOrder): Promise<Customer | undefined> {
  if (billed.kind === "default") return findDefaultCustomer(tx, { owner });
  return billed.kind === "known" ? findCustomer(tx, { owners: billers, customerId: billed.customerId }) : undefined;
}

async function newCustomer(tx: Tx, { owner, billed }: PrepareOrder, now: Date): Promise<Customer> {
  if (billed.kind !== "new") throw billingMissing({});
  return createCustomer(tx, { ...billed, owner, at: "/billing" }, now);
}

interface Placing {
  readonly asked: PrepareOrder;
  readonly policy: OrderPolicy;
  readonly now: Date;
  readonly purchase: Purchase;
}

async function place(tx: Tx, { asked, policy, now, purchase }: Placing): Promise<PreparedOrder> {
  const { orderId, uid, owner, payment, by } = asked;
  const { cart, customer, locale } = purchase;
  const { totals } = cart;
  const fromCart = cartOfPurchase(purchase, owner);
  tx.finish([checkOutCart(tx, { cartId: cart.cartId, orderId }, now)]);
  const order = {
    orderId,
    uid,
    customerId: customer.customerId,
    customerEmail: customer.email,
    customerName: customer.name,
    customerReference: null,
    locale,
    currency: cart.currency,
    items: itemsOfPurchase(purchase),
    discountMinor: 0n,
    taxMinor: totals.taxMinor,
    shippingMinor: totals.shippingMinor,
    payment,
    origin: noOrigin,
    notify: true,
    cart: fromCart,
    by,
  };
  const [placement] = await placeOrders(tx, [order], policy, now);
  if (placement?.outcome !== "placed") throw new Error(`The order of cart ${cart.cartId} is ${placement?.outcome}.`);
  return { order: placement.order, attempt: placement.attempt, details: fromCart.details };
}
