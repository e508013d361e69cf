import { type Static, Type } from "typebox";
import { BigInteger } from "../http/write-json.ts";
import { type OrderSum, sumsByCurrency } from "../orders/index.ts";
import type { ImportSum } from "./sum-import.ts";

const count = (description: string, example: number) => Type.Integer({ minimum: 0, description, examples: [example] });
const sum = (description: string, example: number) => BigInteger({ minimum: 0, description, examples: [example] });

const money = {
  total_amount: sum("In minor units.", 2_000),
  captured_amount: sum("What came in.", 2_000),
  refunded_amount: sum("What went back.", 0),
};

export const ImportSumView = Type.Object(
  {
    by_status: Type.Array(
      Type.Object(
        {
          status: Type.String({ examples: ["paid"] }),
          currency: Type.String({ examples: ["EUR"] }),
          orders: count("How many.", 2),
          ...money,
        },
        { title: "ImportStatusSum" },
      ),
      { description: "The import's orders as they are now, by status and currency." },
    ),
    by_currency: Type.Array(
      Type.Object(
        { currency: Type.String({ examples: ["EUR"] }), orders: count("How many.", 2), ...money },
        { title: "ImportCurrencySum" },
      ),
    ),
    payments: Type.Object(
      {
        paid: count("Orders that are paid, and those that went on from there.", 2),
        under_way: count("Orders whose payment has no outcome yet.", 0),
        unpaid: count("Orders that wait for payment.", 0),
        cancelled: count("Orders that were cancelled since.", 0),
      },
      { title: "ImportPayments" },
    ),
  },
  { title: "ImportSummary" },
);
type ImportSumView = Static<typeof ImportSumView>;

function moneyView({
  totalMinor,
  capturedMinor,
  refundedMinor,
}: Pick<OrderSum, "totalMinor" | "capturedMinor" | "refundedMinor">) {
  return { total_amount: totalMinor, captured_amount: capturedMinor, refunded_amount: refundedMinor };
}

function ordersThat(sums: readonly OrderSum[], statuses: readonly OrderSum["status"][]): number {
  return sums.filter(({ status }) => statuses.includes(status)).reduce((all, { orders }) => all + orders, 0);
}

export function sumView({ orders: sums }: ImportSum): ImportSumView {
  return {
    by_status: sums.map((sum) => ({
      status: sum.status,
      currency: sum.currency,
      orders: sum.orders,
      ...moneyView(sum),
    })),
    by_currency: sumsByCurrency(sums).map((sum) => ({ currency: sum.currency, orders: sum.orders, ...moneyView(sum) })),
    payments: {
      paid: ordersThat(sums, ["paid", "shipped", "delivered"]),
      under_way: ordersThat(sums, ["payment_processing"]),
      unpaid: ordersThat(sums, ["pending"]),
      cancelled: ordersThat(sums, ["cancelled"]),
    },
  };
}
