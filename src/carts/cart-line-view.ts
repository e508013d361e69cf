import { type Static, Type } from "typebox";
import { minor } from "../http/minor-view.ts";
import { BigInteger } from "../http/write-json.ts";
import type { PricedLine } from "./price-cart.ts";
import type { SaleTax } from "./totals.ts";

/** The narrowest width, which every picture is kept in. */
const thumbnailWidth = 160;
const millionthsInPercent = 10_000;

function orNull<Schema extends ReturnType<typeof Type.String> | ReturnType<typeof minor>>(
  schema: Schema,
  description: string,
) {
  return Type.Union([schema, Type.Null()], { description });
}

/** A tax by its name, as it is shown to shoppers. */
export const TaxView = Type.Object(
  {
    name: Type.String({ examples: ["消費税"] }),
    percentage: Type.Number({ examples: [10] }),
    inclusive: Type.Boolean({ description: "Whether the prices have it in them; else it is added.", examples: [true] }),
  },
  { title: "CartTax" },
);

export function taxView({ name, rateMillionths, inclusive }: SaleTax): Static<typeof TaxView> {
  return { name, percentage: rateMillionths / millionthsInPercent, inclusive };
}

const image = "/api/store/images/019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e90";

const LineImageView = Type.Object(
  {
    title: Type.String({ description: "For whoever cannot see it.", examples: ["A tin of sencha"] }),
    url: Type.String({ description: "The whole picture.", examples: [image] }),
    thumbnail: Type.String({ description: "A small one, in WebP.", examples: [`${image}/160.webp`] }),
  },
  { title: "CartLineImage" },
);

export const CartLineView = Type.Object(
  {
    line_id: Type.String({ format: "uuid" }),
    price_id: Type.String({ format: "uuid" }),
    product_key: orNull(
      Type.String({ examples: ["sencha"] }),
      "Null, as the names are, when the catalogue has the price no more.",
    ),
    sku: orNull(Type.String({ examples: ["TEA-SENCHA-100"] }), "What the warehouse calls it."),
    name: orNull(
      Type.String({ examples: ["煎茶"] }),
      "In the language that the shopper likes best of those that it has.",
    ),
    checkout_description: orNull(Type.String({ examples: ["静岡の煎茶、100 g"] }), "A line beside the name."),
    image: Type.Union([LineImageView, Type.Null()], { description: "The product's primary image." }),
    shippable: Type.Boolean({ description: "Whether it is sent.", examples: [true] }),
    consumable: Type.Boolean({ description: "Whether it is handed over at a counter.", examples: [false] }),
    interval: orNull(Type.String({ examples: ["one_off"] }), "`one_off`, or what it is due again in each of."),
    interval_count: Type.Integer({ description: "In each so many of them.", examples: [1] }),
    quantity: BigInteger({ examples: [2] }),
    unit_amount: orNull(minor(864), "What one costs now; of a cart that was checked out, what it cost then."),
    agreed_unit_amount: minor(864),
    price_changed: Type.Boolean({
      description: "One costs something else than the shopper agreed to: the new price waits to be agreed to.",
      examples: [false],
    }),
    problem: Type.Union([Type.Enum(["withdrawn", "recurring", "worth_too_much"]), Type.Null()], {
      description:
        "Why the cart cannot be ordered with this line: it is not sold any more, it is due again and again, or the cart would be worth too much.",
      examples: [null],
    }),
    discount_amount: orNull(minor(0), "Null, as the amounts below are, when the line is not counted."),
    line_total: orNull(minor(1728), "Quantity times price, less the discount."),
    tax_amount: orNull(minor(0), "Is added to it."),
    tax_included_amount: orNull(minor(157), "Is in it."),
    tax: Type.Union([TaxView, Type.Null()], { description: "Null when it is not taxed." }),
  },
  { title: "CartLine" },
);
export type CartLineView = Static<typeof CartLineView>;

function imageView({ product }: PricedLine): Static<typeof LineImageView> | null {
  if (product?.imageId == null) return null;
  const url = `/api/store/images/${product.imageId}`;
  return { title: product.imageTitle ?? "", url, thumbnail: `${url}/${thumbnailWidth}.webp` };
}

/** What the catalogue says of a line; of one that it knows no more, nothing. */
function productView({ product, words }: PricedLine) {
  return {
    product_key: product?.productKey ?? null,
    sku: product?.sku ?? null,
    name: words?.name ?? product?.productKey ?? null,
    checkout_description: words?.checkoutDescription ?? null,
    shippable: product?.shippable ?? false,
    consumable: product?.consumable ?? false,
    interval: product?.interval ?? null,
    interval_count: product?.intervalCount ?? 1,
  };
}

export function cartLineView(line: PricedLine): CartLineView {
  const { amounts } = line;
  return {
    line_id: line.lineId,
    price_id: line.priceId,
    ...productView(line),
    image: imageView(line),
    quantity: line.quantity,
    unit_amount: line.unitMinor,
    agreed_unit_amount: line.agreedUnitMinor,
    price_changed: line.priceChanged,
    problem: line.problem,
    discount_amount: amounts?.discountMinor ?? null,
    line_total: amounts?.lineTotalMinor ?? null,
    tax_amount: amounts?.taxMinor ?? null,
    tax_included_amount: amounts?.taxIncludedMinor ?? null,
    tax: line.rate && taxView(line.rate),
  };
}
