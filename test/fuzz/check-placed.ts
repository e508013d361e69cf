import type { Sql } from "../../src/platform/db.ts";
import { exponentOf } from "../../src/platform/money.ts";
import { ask } from "../support/ask.ts";
import { bytesOf } from "./json-tree.ts";
import type { Sent } from "./run-campaign.ts";

interface Body {
  readonly customer_email: string;
  readonly currency: string;
  readonly items: readonly { readonly quantity: number; readonly unit_price: number }[];
}

/** What an order is worth by what was sent. The prices of the campaign are so small that a double has them exactly once rounded. */
function totalOf({ items, currency }: Body): bigint {
  const factor = 10 ** (exponentOf(currency) ?? 0);
  return items.reduce((sum, item) => sum + BigInt(item.quantity) * BigInt(Math.round(item.unit_price * factor)), 0n);
}

/** Says of every order that was asked for by a good request whether the books have it as they should. */
export async function checkPlaced(sql: Sql, sent: readonly Sent[]): Promise<string[]> {
  const rows = await ask<{ customerEmail: string; total: string }>(
    sql,
    "select customer_email, string_agg(total_minor::text, ' and ') as total from orders.orders group by customer_email",
  );
  const totals = new Map(rows.map(({ customerEmail, total }) => [customerEmail, total]));
  return sent
    .filter(({ request }) => request.operation?.id === "placeOrderV1" && request.body !== undefined)
    .flatMap(({ request, status }) => {
      const body = JSON.parse(Buffer.from(bytesOf(request.body ?? { bytes: "null" }), "latin1").toString()) as Body;
      const wanted = status === 201 ? String(totalOf(body)) : "nothing";
      const found = totals.get(body.customer_email) ?? "nothing";
      return found === wanted ? [] : [`${body.customer_email}: ${wanted} was answered, ${found} is there (${status}).`];
    });
}
