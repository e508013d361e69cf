import { change, type Tx } from "../platform/db.ts";

/** Keeps what is not kept yet. Goes through it in ascending order, so that two sets never wait in a circle. */
export const insertSuspended = change<
  Tx,
  {
    gateways: string[];
    references: string[];
    kinds: string[];
    amounts: bigint[];
    currencies: string[];
    orderIds: (bigint | null)[];
    taskCauses: string[];
    heardFroms: string[];
    now: Date;
  }
>(
  "payments.insert_suspended",
  `
  insert into payments.suspense
    (gateway, reference, kind, amount_minor, currency, order_id, task_cause, heard_from, held_at)
  select given.*, :now
    from unnest(:gateways::text[], :references::text[], :kinds::text[], :amounts::bigint[], :currencies::text[],
                :orderIds::bigint[], :taskCauses::text[], :heardFroms::text[])
      as given(gateway, reference, kind, amount_minor, currency, order_id, task_cause, heard_from)
   order by given.gateway, given.reference, given.kind
  on conflict (gateway, reference, kind) do nothing`,
);
