import { change, many, type Sql, type Tx } from "../platform/db.ts";
import type { ProviderOrder } from "./part.ts";

export const insertProviderOrders = change<
  Tx,
  { orderIds: bigint[]; providerIds: string[]; processings: string[]; fulfilments: string[]; now: Date }
>(
  "fulfillment.insert_provider_orders",
  `
  insert into fulfillment.provider_orders (order_id, provider_id, processing, fulfilment, created_at, updated_at)
  select given.*, :now, :now
    from unnest(:orderIds::bigint[], :providerIds::text[], :processings::text[], :fulfilments::text[]) as given`,
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
