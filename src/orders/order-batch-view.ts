import { Type } from "typebox";
import { minor } from "../http/minor-view.ts";
import { problemView } from "../http/problem-view.ts";
import { BigInteger } from "../http/write-json.ts";
import type { Refusal } from "../platform/errors.ts";
import { orderNumber } from "./number.ts";
import { type Order, orderStatuses } from "./order.ts";
import { type OrderSum, sumsByCurrency } from "./sum-orders.ts";

const Reference = Type.Union([Type.String(), Type.Null()], { examples: ["W-1001"] });

const PlacedOrderView = Type.Object(
  {
    id: Type.String({ format: "uuid" }),
    number: Type.String({ examples: ["ORD-27180435"] }),
    status: Type.Enum([...orderStatuses], { examples: ["paid"] }),
    total_amount: minor(179600),
    currency: Type.String({ examples: ["JPY"] }),
  },
  { title: "BatchOrder" },
);

const ProblemView = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String(),
    errors: Type.Optional(Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() }))),
  },
  { title: "BatchProblem" },
);

const MemberView = Type.Object(
  {
    index: Type.Integer({ description: "Its place in the request, counted from 0.", examples: [0] }),
    outcome: Type.Enum(["placed", "duplicate", "rejected"], { examples: ["placed"] }),
    external_reference: Reference,
    order: Type.Union([PlacedOrderView, Type.Null()], {
      description: "The order that was placed; of a duplicate the one that was there, as it stands.",
    }),
    problem: Type.Union([ProblemView, Type.Null()], {
      description: "Why it was rejected, as a problem document.",
      examples: [null],
    }),
  },
  { title: "BatchMember" },
);

const count = (example: number) => Type.Integer({ minimum: 0, examples: [example] });

/** What the request for a batch is answered. */
export const BatchAnswerView = Type.Object(
  {
    batch_id: Type.Union([Type.String({ format: "uuid" }), Type.Null()], {
      description: "By which its orders are found; null when none was placed.",
    }),
    placed: count(1),
    duplicates: count(0),
    rejected: count(0),
    data: Type.Array(MemberView, { description: "Each order of the request, in its order." }),
  },
  { title: "BatchAnswer" },
);

/** What became of one order of a batch. */
export type MemberOutcome =
  | { readonly outcome: "placed" | "duplicate"; readonly order: Order }
  | { readonly outcome: "rejected"; readonly refusal: Refusal };

/** One order's outcome as JSON text: thousands of them are put together to an answer, none twice. */
export function memberText(index: number, reference: string | null, member: MemberOutcome): string {
  const head = `{"index":${index},"outcome":"${member.outcome}","external_reference":${JSON.stringify(reference)}`;
  if (member.outcome === "rejected") return `${head},"order":null,"problem":${problemView(member.refusal, {}).body}}`;
  const { orderId, uid, status, totalMinor, currency } = member.order;
  const order = `"id":"${uid}","number":"${orderNumber(orderId)}","status":"${status}"`;
  return `${head},"order":{${order},"total_amount":${totalMinor},"currency":"${currency}"},"problem":null}`;
}

export interface BatchAnswer {
  readonly batchId: string;
  readonly placed: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly members: readonly string[];
}

export function batchAnswerText({ batchId, placed, duplicates, rejected, members }: BatchAnswer): string {
  const id = placed > 0 ? `"${batchId}"` : "null";
  const counts = `"placed":${placed},"duplicates":${duplicates},"rejected":${rejected}`;
  return `{"batch_id":${id},${counts},"data":[${members.join(",")}]}`;
}

const sum = (example: number) =>
  BigInteger({
    title: "MinorUnitsSum",
    description: "Integer minor units of the currency; a sum may be more than a double holds exactly.",
    examples: [example],
  });

/** A batch by its orders, as they stand. */
export const BatchView = Type.Object(
  {
    batch_id: Type.String({ format: "uuid" }),
    created_at: Type.String({ format: "date-time" }),
    orders: count(3),
    by_status: Type.Object(
      Object.fromEntries(orderStatuses.map((status) => [status, count(status === "paid" ? 3 : 0)])),
      { title: "OrdersByStatus", description: "How many of them stand where." },
    ),
    untried: Type.Integer({
      minimum: 0,
      description: "Those among the pending that no gateway was asked for yet.",
      examples: [0],
    }),
    money: Type.Array(
      Type.Object(
        {
          currency: Type.String({ examples: ["JPY"] }),
          orders: count(3),
          total_amount: sum(538800),
          captured_amount: sum(538800),
          refunded_amount: sum(0),
        },
        { title: "BatchMoney" },
      ),
      { description: "Sums of them by currency." },
    ),
  },
  { title: "Batch" },
);

/** Takes at least one sum. */
export function batchView(batchId: string, sums: readonly OrderSum[]) {
  const byStatus = new Map<string, number>(orderStatuses.map((status) => [status, 0]));
  for (const { status, orders } of sums) byStatus.set(status, (byStatus.get(status) ?? 0) + orders);
  const created = Math.min(...sums.map(({ createdAt }) => createdAt.getTime()));
  return {
    batch_id: batchId,
    created_at: new Date(created).toISOString(),
    orders: sums.reduce((all, { orders }) => all + orders, 0),
    by_status: Object.fromEntries(byStatus),
    untried: sums.reduce((all, { untried }) => all + untried, 0),
    money: sumsByCurrency(sums).map(({ currency, orders, totalMinor, capturedMinor, refundedMinor }) => ({
      currency,
      orders,
      total_amount: totalMinor,
      captured_amount: capturedMinor,
      refunded_amount: refundedMinor,
    })),
  };
}
