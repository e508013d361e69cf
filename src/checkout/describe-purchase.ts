import type { PricedCart, PricedLine } from "../carts/index.ts";
import type { Customer } from "../customers/index.ts";
import { writeJson } from "../http/write-json.ts";
import type { FromCart, OrderDetails, OrderItem } from "../orders/index.ts";

/** A line that can be ordered: nothing of it is unknown. */
export type OrderableLine = PricedLine & {
  readonly [Known in "product" | "unitMinor" | "amounts"]: NonNullable<PricedLine[Known]>;
};

/** A cart all of whose lines can be ordered, with who is billed. */
export interface Purchase {
  readonly cart: PricedCart;
  readonly lines: readonly OrderableLine[];
  readonly customer: Customer;
  readonly locale: string;
}

const millionthsPerPercent = 10_000;

function nameOf({ words, product }: OrderableLine): string {
  return words?.name ?? product.productKey;
}

/** The items of the order. */
export function itemsOfPurchase({ lines }: Purchase): OrderItem[] {
  return lines.map((line, index) => ({
    line: index + 1,
    sku: line.product.sku,
    productName: nameOf(line),
    quantity: line.quantity,
    unitPriceMinor: line.unitMinor,
    discountMinor: line.amounts.discountMinor,
    taxMinor: line.amounts.taxMinor,
    lineTotalMinor: line.amounts.lineTotalMinor,
    taxIncludedMinor: line.amounts.taxIncludedMinor,
    providerId: line.product.providerId,
  }));
}

type TaxShown = NonNullable<OrderDetails["lines"][number]["tax"]>;

function taxShown(rate: OrderableLine["rate"]): TaxShown | null {
  if (!rate) return null;
  const { name, rateMillionths, inclusive, country, region } = rate;
  return { name, percentage: rateMillionths / millionthsPerPercent, inclusive, country, region };
}

function lineShown(line: OrderableLine, index: number): OrderDetails["lines"][number] {
  const { product, words, amounts } = line;
  return {
    line: index + 1,
    product_id: product.productId,
    product_key: product.productKey,
    price_id: line.priceId,
    sku: product.sku,
    provider_id: product.providerId,
    name: nameOf(line),
    checkout_description: words?.checkoutDescription ?? "",
    statement_descriptor: words?.statementDescriptor ?? "",
    shippable: product.shippable,
    consumable: product.consumable,
    image: product.imageId === null ? null : { image_id: product.imageId, title: product.imageTitle ?? "" },
    quantity: line.quantity,
    unit_amount: line.unitMinor,
    discount_amount: amounts.discountMinor,
    line_total: amounts.lineTotalMinor,
    tax: taxShown(line.rate),
    tax_amount: amounts.taxMinor,
    tax_included_amount: amounts.taxIncludedMinor,
  };
}

/** The sum of each rate, with the place whose rate it is: that of the first line that has it. */
function taxesShown({ cart, lines }: Purchase): OrderDetails["taxes"] {
  return cart.totals.taxes.flatMap(({ rate, netMinor, taxMinor }) => {
    const shown = taxShown(lines.find((line) => line.rate?.taxRateId === rate.taxRateId)?.rate ?? null);
    return shown ? [{ ...shown, net_amount: netMinor, tax_amount: taxMinor }] : [];
  });
}

function billingShown(customer: Customer): OrderDetails["billing"] {
  return {
    customer_id: customer.customerId,
    name: customer.name,
    email: customer.email,
    phone: customer.phone,
    company: customer.company,
    line1: customer.line1,
    line2: customer.line2,
    city: customer.city,
    region: customer.region,
    postal_code: customer.postalCode,
    country: customer.country,
    tax_id: customer.taxId,
  };
}

/** What is kept of the purchase, whatever becomes of products, prices, taxes and addresses later. */
function detailsOfPurchase(purchase: Purchase): OrderDetails {
  const { cart, lines, customer, locale } = purchase;
  const { totals } = cart;
  return {
    version: 1,
    cart_id: cart.cartId,
    locale,
    currency: cart.currency,
    lines: lines.map(lineShown),
    taxes: taxesShown(purchase),
    items_amount: totals.itemsMinor,
    discount_amount: totals.discountMinor,
    tax_amount: totals.taxMinor,
    tax_included_amount: totals.taxIncludedMinor,
    shipping_amount: totals.shippingMinor,
    total_amount: totals.totalMinor,
    billing: billingShown(customer),
  };
}

/** What the order keeps of the cart. */
export function cartOfPurchase(purchase: Purchase, owner: string): FromCart {
  const { cart, lines } = purchase;
  return {
    cartId: cart.cartId,
    owner,
    details: writeJson(detailsOfPurchase(purchase)),
    taxIncludedMinor: cart.totals.taxIncludedMinor,
    lines: lines.map(({ product, quantity, unitMinor }) => ({ productId: product.productId, quantity, unitMinor })),
  };
}
