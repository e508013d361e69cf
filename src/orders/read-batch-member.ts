import { invalidInput } from "../http/http-errors.ts";
import type { Element } from "../http/read-many.ts";
import { type Fault, Refusal } from "../platform/errors.ts";
import { checkOrderDraft } from "./check-order-draft.ts";
import type { OrderDraft } from "./order-draft.ts";
import { orderInvalid } from "./order-errors.ts";
import { type DraftedOrder, readOrderDraft } from "./read-order-draft.ts";

/** How orders of a request are to be paid. */
export type PaymentKind = "charge" | "recorded" | "none";

/** One order of a request, as far as it can be understood. */
export type BatchMember =
  | { readonly reference: string | null; readonly drafted: DraftedOrder }
  | { readonly reference: string | null; readonly refusal: Refusal };

/** Whoever sends JSON says null on purpose: such a customer is told nothing, and what costs nothing is given away. */
const rules = { missingEmail: "accept", zeroPrice: "accept" } as const;

/**
 * Reads a draft that is to be paid in this way.
 * @throws order.invalid
 */
export function draftedOrder(draft: OrderDraft, payment: PaymentKind): DraftedOrder {
  const misplaced = payment === "recorded" ? [] : (["payment_reference", "paid_at"] as const);
  const faults = misplaced
    .filter((name) => draft[name] !== undefined)
    .map((name): Fault => ({ pointer: `/${name}`, detail: "Is only for a payment that is recorded." }));
  const reading = readOrderDraft(draft, rules);
  if ("faults" in reading) faults.push(...reading.faults);
  if (faults.length > 0 || !("order" in reading)) throw orderInvalid({}, { faults });
  return reading.order;
}

function referenceIn(value: unknown): string | null {
  const reference =
    typeof value === "object" && value !== null && "external_reference" in value && value.external_reference;
  return typeof reference === "string" ? reference : null;
}

/** Reads one order of a batch, or says why it is rejected. */
export function readBatchMember(element: Element, payment: PaymentKind): BatchMember {
  if ("refusal" in element) return { reference: null, refusal: element.refusal };
  const checked = checkOrderDraft(element.value);
  if ("faults" in checked) {
    const refusal = invalidInput({ what: "order" }, { faults: checked.faults });
    return { reference: referenceIn(element.value), refusal };
  }
  const reference = checked.draft.external_reference ?? null;
  try {
    return { reference, drafted: draftedOrder(checked.draft, payment) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { reference, refusal: error };
  }
}
