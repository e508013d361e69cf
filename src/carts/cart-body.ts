import { type Static, Type } from "typebox";
import { invalidInput } from "../http/http-errors.ts";
import { exactText } from "../http/strict-json.ts";
import { mostMinor, parseMinor } from "../platform/money.ts";
import type { SeenPrice } from "./accept-prices.ts";
import { mostLines, mostPieces } from "./cart.ts";

const price = "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f";
const line = "019ab3c0-7001-7abc-8def-0123456789ab";

const Quantity = Type.Integer({
  minimum: 1,
  maximum: Number(mostPieces),
  description: "How many pieces.",
  examples: [2],
});

const Price = { format: "uuid", examples: [price] };

/** What is put in: a price by either of its names, and how much of it. */
export const AddBody = Type.Object(
  {
    price_id: Type.Optional(Type.String({ ...Price, description: "The price, as the catalogue has it." })),
    pricing_id: Type.Optional(
      Type.String({ ...Price, description: "The same by its other name; one of both is given." }),
    ),
    quantity: Quantity,
  },
  { additionalProperties: false, examples: [{ price_id: price, quantity: 2 }] },
);

/** An integer as it was written: a double may have rounded it to one. */
function readWhole(holder: object, name: string, pointer: string): bigint {
  const value = parseMinor(exactText(holder, name), 0);
  if (typeof value === "bigint") return value;
  throw invalidInput({ what: "body" }, { faults: [{ pointer, detail: "Must be an integer." }] });
}

/**
 * The price and the quantity of a body.
 * @throws http.invalid_input
 */
export function readAdded(body: Static<typeof AddBody>): { priceId: string; quantity: bigint } {
  const { price_id, pricing_id } = body;
  const priceId = price_id ?? pricing_id;
  if (priceId === undefined || (price_id !== undefined && pricing_id !== undefined)) {
    const detail = "Either this or pricing_id is given, and not both.";
    throw invalidInput({ what: "body" }, { faults: [{ pointer: "/price_id", detail }] });
  }
  return { priceId, quantity: readQuantity(body) };
}

export const ChangeBody = Type.Object(
  { quantity: Quantity },
  { additionalProperties: false, examples: [{ quantity: 3 }] },
);

/** @throws http.invalid_input */
export function readQuantity(body: Static<typeof ChangeBody>): bigint {
  return readWhole(body, "quantity", "/quantity");
}

const SeenPriceBody = Type.Object(
  {
    line_id: Type.String({ format: "uuid", examples: [line] }),
    unit_amount: Type.Integer({
      minimum: 0,
      maximum: Number(mostMinor),
      description: "What the shopper was shown, and agrees to. Another amount than the line's is not agreed to.",
      examples: [864],
    }),
  },
  { additionalProperties: false, title: "SeenPrice" },
);

export const AcceptBody = Type.Object(
  { lines: Type.Array(SeenPriceBody, { minItems: 1, maxItems: mostLines }) },
  { additionalProperties: false, examples: [{ lines: [{ line_id: line, unit_amount: 864 }] }] },
);

/** @throws http.invalid_input */
export function readSeen({ lines }: Static<typeof AcceptBody>): SeenPrice[] {
  return lines.map((line, index) => ({
    lineId: line.line_id,
    unitMinor: readWhole(line, "unit_amount", `/lines/${index}/unit_amount`),
  }));
}
