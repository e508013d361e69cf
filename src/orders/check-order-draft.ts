import { inputCompiler } from "../http/check-input.ts";
import { exactText } from "../http/strict-json.ts";
import type { Fault, Refusal } from "../platform/errors.ts";
import { parseMinor } from "../platform/money.ts";
import { OrderDraft } from "./order-draft.ts";

type Checked = true | { readonly error: Refusal };

const check = inputCompiler()({ schema: OrderDraft as object, method: "POST", url: "", httpPart: "body" }) as (
  value: unknown,
) => Checked;

/** Takes a value of JSON for a draft, or says where it is none: of one that is large the first fault only. */
export function checkOrderDraft(value: unknown): { draft: OrderDraft } | { faults: Fault[] } {
  const checked = check(value);
  if (checked !== true) return { faults: [...(checked.error.extras.faults ?? [])] };
  const draft = value as OrderDraft;
  const faults = [draft, ...draft.items].flatMap((part, index) =>
    roundedAmounts(part, index === 0 ? "" : `/items/${index - 1}`),
  );
  return faults.length > 0 ? { faults } : { draft };
}

/** Amounts that were whole only after a double had rounded them: the text that was sent says so. */
function roundedAmounts(part: object, at: string): Fault[] {
  return Object.entries(part)
    .filter(([name, value]) => typeof value === "number" && typeof parseMinor(exactText(part, name), 0) !== "bigint")
    .map(([name]) => ({ pointer: `${at}/${name}`, detail: "Must be a whole number." }));
}
