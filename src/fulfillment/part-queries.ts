import { change, many, type Sql, type Tx } from "../platform/db.ts";
import { insertRows } from "../platform/insert-rows.ts";
import type { ProviderOrder } from "./part.ts";

export const insertProviderOrders = insertRows<ProviderOrder & { readonly at: Date }>(
  "fulfillment.insert_provider_orders",
  "fulfillment.provider_orders",
  {
    order_id: ["bigint", (part) => part.orderId],
    provider_id: ["text", (part) => part.providerId],
    processing: ["text", (part) => part.processing],
    fulfilment: ["text", (part) => part.fulfilment],
    created_at: ["timestamptz", (part) => part.at],
    updated_at: ["timestamptz", (part) => part.at],
  },
);

export const updateProviderOrders = change<
  Tx,
  { orderIds: bigint[]; providerIds: string[]; processings: string[]; fulfilments: string[]; now: Date }
>(
  "fulfillment.update_provider_orders",
  `
  update fulfillment.provider_orders as held
     set processing = given.processing, fulfilment = given.fulfilment, updated_at = :now
    from unnest(:orderIds::bigint[], :providerIds::text[], :processings::text[], :fulfilments::text[])
      as given(order_id, provider_id, processing, fulfilment)
   where held.order_id = given.order_id and held.provider_id = given.provider_id`,
);

/** The parts of these orders. Whoever means to change one holds the order's row first. */
export const findProviderOrders = many<Sql, { orderIds: bigint[] }, ProviderOrder>(
  "fulfillment.find_provider_orders",
  `
  select order_id, provider_id, processing, fulfilment
    from fulfillment.provider_orders
   where order_id = any(:orderIds::bigint[])
   order by order_id, provider_id`,
);
