import { type Static, Type } from "typebox";
import { exactText } from "../http/strict-json.ts";
import { type Draft, readDraft } from "./draft.ts";
import type { OrderItem } from "./order.ts";
import { orderInvalid } from "./order-errors.ts";

const mostItems = 1000;
const mostQuantity = 1_000_000;
const longestEmail = 254; // Source: RFC 5321, 4.5.3.1.3, less the angle brackets.
const longestName = 200;
const longestProductName = 500;

/** The body of v1's create call, with the names of DD-ORDER-001. */
export const OrderV1Body = Type.Object(
  {
    customer_email: Type.String({
      minLength: 3,
      maxLength: longestEmail,
      format: "email",
      description: "Where the customer is told.",
    }),
    customer_name: Type.String({ minLength: 1, maxLength: longestName }),
    items: Type.Array(
      Type.Object(
        {
          product_name: Type.String({ minLength: 1, maxLength: longestProductName }),
          quantity: Type.Integer({ minimum: 1, maximum: mostQuantity }),
          unit_price: Type.Number({ minimum: 0, description: "Major units; as many decimals as the currency has." }),
        },
        { title: "OrderV1DraftItem", additionalProperties: false },
      ),
      { minItems: 1, maxItems: mostItems },
    ),
    currency: Type.String({ pattern: "^[A-Z]{3}$", default: "JPY", description: "ISO 4217." }),
  },
  {
    title: "OrderV1Draft",
    additionalProperties: false,
    examples: [
      {
        customer_email: "tanaka@example.co.jp",
        customer_name: "田中太郎",
        items: [{ product_name: "ノートPC", quantity: 2, unit_price: 89800.0 }],
        currency: "JPY",
      },
    ],
  },
);
export type OrderV1Body = Static<typeof OrderV1Body>;

export interface ReadOrder extends Omit<Draft, "items"> {
  readonly items: readonly OrderItem[];
}

/**
 * Reads a validated body. Prices are taken from the text that was sent, since a double may have lost some of it.
 * @throws order.invalid
 */
export function readOrderV1(body: OrderV1Body): ReadOrder {
  const draft = {
    customerEmail: body.customer_email,
    customerName: body.customer_name,
    currency: body.currency,
    items: body.items.map((item) => ({
      productName: item.product_name,
      quantity: item.quantity,
      unitPrice: exactText(item, "unit_price"),
    })),
  };
  const reading = readDraft(draft);
  if ("faults" in reading) throw orderInvalid({}, { faults: reading.faults });
  return { ...draft, items: reading.items };
}
