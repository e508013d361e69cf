import { type Static, Type } from "typebox";

const Minor = Type.Integer({
  minimum: 0,
  maximum: 999_999_999_999_999,
  title: "DraftAmount",
  description: "Integer minor units of the currency.",
});
const Time = Type.String({ format: "date-time" });
const text = (longest: number, description: string) => Type.String({ minLength: 1, maxLength: longest, description });

const DraftItem = Type.Object(
  {
    sku: Type.Optional(text(200, "The stock keeping unit; `item-<line>` when left out.")),
    product_name: text(500, "What was sold."),
    quantity: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    unit_price: Minor,
    discount_amount: Type.Optional(Minor),
    tax_amount: Type.Optional(Minor),
    line_total: Type.Optional(Minor),
  },
  { additionalProperties: false, title: "OrderDraftItem" },
);

/** An order as v2 takes it in: one request, a member of a batch, a line of NDJSON, or the rows of a CSV that belong together. */
export const OrderDraft = Type.Object(
  {
    external_reference: Type.Optional(text(200, "What the source calls the order: the same one again is a duplicate.")),
    customer_email: Type.Optional(
      Type.Union([Type.String({ format: "email", maxLength: 254 }), Type.Null()], {
        description: "Null for a customer without an address, who is then told nothing.",
      }),
    ),
    customer_name: Type.Optional(text(200, "The customer's name.")),
    customer_reference: Type.Optional(text(200, "What the source calls the customer.")),
    locale: Type.Optional(Type.Enum(["en", "ja"], { description: "The language in which the customer is told." })),
    currency: Type.String({ pattern: "^[A-Z]{3}$", description: "ISO 4217." }),
    ordered_at: Type.Optional(Time),
    items: Type.Array(DraftItem, { minItems: 1, maxItems: 1000 }),
    discount_amount: Type.Optional(Minor),
    tax_amount: Type.Optional(Minor),
    shipping_amount: Type.Optional(Minor),
    total_amount: Type.Optional(Minor),
    payment_reference: Type.Optional(text(200, "Of a payment that was made elsewhere.")),
    paid_at: Type.Optional(Time),
  },
  { additionalProperties: false, title: "OrderDraft" },
);
export type OrderDraft = Static<typeof OrderDraft>;
