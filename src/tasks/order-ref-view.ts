import { Type } from "typebox";
import type { Sql } from "../platform/db.ts";

/** How orders are called outside and found by it: their module stands above this one, so app.ts gives it. */
export interface OrderNames {
  /** The id of the order that is named by its UUID, its number or its id. Throws a refusal when nothing is. */
  find(sql: Sql, named: string): Promise<bigint>;
  name(sql: Sql, orderIds: readonly bigint[]): Promise<ReadonlyMap<bigint, { uid: string; number: string }>>;
}

/** The order that something is about; null when it is about none, or about one that there is not. */
export const OrderRefView = Type.Union(
  [
    Type.Object(
      {
        id: Type.String({ format: "uuid" }),
        number: Type.String({ examples: ["ORD-27180435"] }),
      },
      { title: "OrderRef" },
    ),
    Type.Null(),
  ],
  { description: "The order that it is about; null when it is about none that there is." },
);

/** The names of orders that a page asked for. */
export type NamedOrders = Awaited<ReturnType<OrderNames["name"]>>;

export function orderRefView(orderId: bigint | null, names: NamedOrders): { id: string; number: string } | null {
  const named = orderId === null ? undefined : names.get(orderId);
  return named === undefined ? null : { id: named.uid, number: named.number };
}
