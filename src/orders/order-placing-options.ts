import { Type } from "typebox";
import type { OrderDraft } from "./order-draft.ts";

const longestSource = 200;
const mostHours = 87_600; // Ten years.
export const hourMs = 3_600_000;

/** What orders of v2 are placed with, beside what they are: of one order in its body, of a batch in the query. */
export const placingOptions = {
  payment: Type.Enum(["charge", "recorded", "none"], {
    default: "charge",
    description:
      "`charge`: the gateway is asked. `recorded`: it was paid elsewhere, as `payment_reference` and `paid_at` say. " +
      "`none`: it waits to be paid.",
    examples: ["recorded"],
  }),
  notify: Type.Boolean({
    default: true,
    description: "Whether the customer is told of it, now and later.",
    examples: [true],
  }),
  pay_within_hours: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: mostHours,
      description: "How long it may stay unpaid before it is cancelled; as configured when left out.",
      examples: [72],
    }),
  ),
  source: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: longestSource,
      description: "Whose references these are; the API key's name when left out.",
      examples: ["webshop"],
    }),
  ),
};

/** An order that the description shows. */
export const exampleDraft: OrderDraft = {
  external_reference: "W-1001",
  customer_email: "tanaka@example.co.jp",
  customer_name: "田中太郎",
  currency: "JPY",
  items: [{ sku: "PC-1", product_name: "ノートPC", quantity: 2, unit_price: 89800 }],
  shipping_amount: 500,
  total_amount: 180100,
};
