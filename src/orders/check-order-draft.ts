import { inputCompiler } from "../http/check-input.ts";
import type { Fault, Refusal } from "../platform/errors.ts";
import { OrderDraft } from "./order-draft.ts";

type Checked = true | { readonly error: Refusal };

const check = inputCompiler()({ schema: OrderDraft as object, method: "POST", url: "", httpPart: "body" }) as (
  value: unknown,
) => Checked;

/** Takes a value of JSON for a draft, or says where it is none: of one that is large the first fault only. */
export function checkOrderDraft(value: unknown): { draft: OrderDraft } | { faults: Fault[] } {
  const checked = check(value);
  return checked === true ? { draft: value as OrderDraft } : { faults: [...(checked.error.extras.faults ?? [])] };
}
