import { type Static, Type } from "typebox";
import { type OrderTold, orderStatuses } from "../orders/index.ts";
import { importRowStatuses, longestTextShown } from "./import.ts";
import type { ImportRow } from "./import-row-queries.ts";
import type { FilePlan } from "./reading.ts";

const count = (description: string, example: number) => Type.Integer({ minimum: 0, description, examples: [example] });
const orNull = (description: string, example: string | null) =>
  Type.Union([Type.String(), Type.Null()], { description, examples: [example] });

const RowReason = Type.Object(
  {
    code: Type.String({ description: "The kind of fault.", examples: ["quantity_negative"] }),
    column: orNull("As the file calls it; null when it is about the whole row.", "Qty"),
    value: orNull("What stands there.", "-2"),
    detail: Type.String({
      description: "What is wrong, and what to do.",
      examples: ["Qty is -2; it must be 1 or more."],
    }),
  },
  { title: "ImportRowReason" },
);

const ImportRowView = Type.Object(
  {
    row: count("Counted from 1, without the header.", 3),
    line: count("The line of the file on which it begins, counted from 1.", 4),
    status: Type.Enum([...importRowStatuses], { title: "ImportRowStatus", examples: ["rejected"] }),
    reference: orNull("The order's reference.", "A-2"),
    order: Type.Union(
      [
        Type.Object(
          {
            id: Type.String({ format: "uuid" }),
            number: Type.String({ examples: ["ORD-27180435"] }),
            status: Type.Enum([...orderStatuses], { title: "OrderStatus", examples: ["paid"] }),
            payment_failure: orNull("Why its newest payment failed, while it is not paid.", null),
          },
          { title: "ImportedOrder" },
        ),
        Type.Null(),
      ],
      { description: "The order that it became a part of, or that was there already.", examples: [null] },
    ),
    reasons: Type.Array(RowReason, {
      description: "Why it is rejected. Empty when another row of its order is at fault.",
    }),
    text: Type.String({
      description: "The row as it stands in the file.",
      examples: ["A-2,bob@example.com,MUG,Mug,-2,5.00,EUR"],
    }),
    text_cut: Type.Boolean({ description: "Whether the text is longer than is shown.", examples: [false] }),
  },
  { title: "ImportRow" },
);
type ImportRowView = Static<typeof ImportRowView>;

export const ImportRowListView = Type.Object(
  {
    data: Type.Array(ImportRowView),
    next_cursor: Type.Union([Type.String(), Type.Null()], { description: "Null on the last page.", examples: [null] }),
  },
  { title: "ImportRowPage" },
);

/** A row, with how orders stand by their ids. */
export function rowView(row: ImportRow, orders: ReadonlyMap<bigint, OrderTold>): ImportRowView {
  const order = row.orderId === null ? undefined : orders.get(row.orderId);
  return {
    row: row.rowNo,
    line: row.line,
    status: row.status,
    reference: row.reference,
    order: order ? orderView(order) : null,
    reasons: [...(row.faults ?? []), ...(row.reason ? [row.reason] : [])],
    text: row.raw.slice(0, longestTextShown),
    text_cut: row.raw.length > longestTextShown,
  };
}

function orderView({ uid, number, status, paymentFailure }: OrderTold): NonNullable<ImportRowView["order"]> {
  return { id: uid, number, status, payment_failure: paymentFailure };
}

/** What a file with the rejected rows of an import is called: a plain name, whatever the file's was. */
export function rejectedName(name: string, { format }: Pick<FilePlan, "format">): string {
  const stem = name.replace(/\.[^.]*$/, "").replace(/[^A-Za-z0-9._-]+/g, "_") || "import";
  return `${stem}-rejected.${format}`;
}
