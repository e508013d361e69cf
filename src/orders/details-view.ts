import { type Static, Type } from "typebox";
import { minor } from "../http/minor-view.ts";

const nullable = (example: string | null, description: string) =>
  Type.Union([Type.String(), Type.Null()], { description, examples: [example] });

const TaxShown = Type.Object(
  {
    name: Type.String({ examples: ["消費税"] }),
    percentage: Type.Number({ description: "Up to four decimals.", examples: [10] }),
    inclusive: Type.Boolean({ description: "Whether the prices have it in them.", examples: [true] }),
    country: Type.String({ examples: ["JP"] }),
    region: nullable(null, "ISO 3166-2, without the country."),
  },
  { title: "TaxOfLine" },
);

const DetailLine = Type.Object(
  {
    line: Type.Integer({ examples: [1] }),
    product_id: Type.String({ format: "uuid" }),
    product_key: Type.String({ examples: ["sencha-100g"] }),
    price_id: Type.String({ format: "uuid" }),
    sku: Type.String({ examples: ["TEA-SENCHA-100"] }),
    provider_id: Type.String({ examples: ["own"] }),
    name: Type.String({ examples: ["煎茶 100 g"] }),
    checkout_description: Type.String({ examples: ["静岡の一番茶"] }),
    statement_descriptor: Type.String({ examples: ["ORDERWELL TEA"] }),
    shippable: Type.Boolean({ examples: [true] }),
    consumable: Type.Boolean({ examples: [false] }),
    image: Type.Union(
      [
        Type.Object(
          { image_id: Type.String({ format: "uuid" }), title: Type.String({ examples: ["煎茶の缶"] }) },
          { title: "DetailImage" },
        ),
        Type.Null(),
      ],
      { description: "The primary picture." },
    ),
    quantity: Type.Unsafe<bigint>(Type.Integer({ examples: [2] })),
    unit_amount: minor(1296),
    discount_amount: minor(0),
    line_total: minor(2592),
    tax: Type.Union([TaxShown, Type.Null()], { description: "Null where nothing is taxed." }),
    tax_amount: minor(0),
    tax_included_amount: minor(192),
  },
  { title: "DetailLine" },
);

const Billing = Type.Object(
  {
    customer_id: Type.String({ format: "uuid" }),
    name: Type.String({ examples: ["田中太郎"] }),
    email: Type.String({ examples: ["tanaka@example.co.jp"] }),
    phone: nullable(null, "As it was given."),
    company: nullable(null, "As it was given."),
    line1: Type.String({ examples: ["1-1-1 Marunouchi"] }),
    line2: nullable(null, "As it was given."),
    city: Type.String({ examples: ["Chiyoda-ku"] }),
    region: nullable("13", "ISO 3166-2, without the country."),
    postal_code: nullable("100-0005", "As the country writes it."),
    country: Type.String({ examples: ["JP"] }),
    tax_id: nullable(null, "As it was checked."),
  },
  { title: "BillingDetails" },
);

/** What was bought, as it was at checkout. It is kept as it is, and never changes once the order is paid. */
export const OrderDetails = Type.Object(
  {
    version: Type.Literal(1),
    cart_id: Type.String({ format: "uuid" }),
    locale: Type.String({ examples: ["ja"] }),
    currency: Type.String({ examples: ["JPY"] }),
    lines: Type.Array(DetailLine),
    taxes: Type.Array(
      Type.Object({ ...TaxShown.properties, net_amount: minor(2400), tax_amount: minor(192) }, { title: "TaxOfOrder" }),
      { description: "All tax, by its rate." },
    ),
    items_amount: minor(2592),
    discount_amount: minor(0),
    tax_amount: minor(0),
    tax_included_amount: minor(192),
    shipping_amount: minor(0),
    total_amount: minor(2592),
    billing: Billing,
  },
  { title: "OrderDetails" },
);
export type OrderDetails = Static<typeof OrderDetails>;
