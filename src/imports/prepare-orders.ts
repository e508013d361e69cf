import { type Author, type NewOrder, newOrderOf, type OrderDraft, readOrderDraft } from "../orders/index.ts";
import type { Fault } from "../platform/errors.ts";
import { uuidV7 } from "../platform/ids.ts";
import type { Import } from "./import.ts";
import type { ImportOptions } from "./import-options.ts";
import type { WaitingOrder } from "./import-row-queries.ts";
import type { FilePlan, RowFault } from "./reading.ts";

/** Orders that will be placed in one transaction. */
export interface Piece {
  readonly waiting: readonly WaitingOrder[];
  /** In the order of those that wait: what is placed, or why it cannot be. */
  readonly prepared: readonly Prepared[];
}

export type Prepared = { readonly order: NewOrder } | { readonly fault: RowFault };

const hourMs = 3_600_000;

/** Who places the orders of an import: whoever brought the file. */
export function authorOf({ uid, createdBy }: Pick<Import, "uid" | "createdBy">): Author {
  return { actor: createdBy, cause: `import ${uid}` };
}

/**
 * Turns drafts into orders to place, with ids that were drawn for them. Those that the file brought a UUID for keep it.
 * A draft that an earlier version took for good is judged again.
 */
export function prepareOrders(
  given: Import,
  waiting: readonly WaitingOrder[],
  orderIds: readonly bigint[],
  now: Date,
): Piece {
  const { options } = given;
  const rules = { missingEmail: options.missing_email, zeroPrice: options.zero_price } as const;
  const by = authorOf(given);
  const expiresAt = new Date(now.getTime() + options.pay_within_hours * hourMs);
  const prepared = waiting.map((staged, index): Prepared => {
    const read = readOrderDraft(staged.draft as OrderDraft, rules);
    if ("faults" in read) return { fault: rowFaultOf(given.plan, read.faults[0]) };
    const order = newOrderOf(read.order, {
      orderId: orderIds[index] as bigint,
      uid: staged.uid ?? uuidV7(now),
      uidIsGiven: staged.uid !== null,
      origin: {
        source: staged.source ?? given.source,
        importId: given.uid,
        importRow: staged.orderNo,
        csvSource: given.name,
        batchId: null,
      },
      payment: paymentOf(options, staged),
      notify: options.notify,
      expiresAt,
      by,
    });
    return { order };
  });
  return { waiting, prepared };
}

/** What is to be charged waits unpaid at first: the gateway is asked when every order stands. */
function paymentOf(options: ImportOptions, { unpaid }: WaitingOrder): { kind: "none" } | { kind: "recorded" } {
  return { kind: options.payment === "recorded" && !unpaid ? "recorded" : "none" };
}

/** A fault of an order in the words of its file. */
export function rowFaultOf(plan: FilePlan | null, fault: Fault | undefined): RowFault {
  const field = fault?.pointer.split("/").at(-1);
  const column = plan?.columns.find((one) => one.field === field)?.name ?? null;
  return { code: "value_invalid", column, value: null, detail: fault?.detail ?? "The order cannot be placed." };
}
