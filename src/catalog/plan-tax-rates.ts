import { differencesOf } from "./difference.ts";
import { type SetupTaxRate, taxRateName } from "./setup.ts";
import { outcomeOf, type SetupPlan } from "./setup-plan.ts";
import type { KeptTaxRate, TaxRate } from "./taxation.ts";

/** Rates that the file does not have are left alone: other files have other countries. */
export function planTaxRates(plan: SetupPlan, wanted: readonly SetupTaxRate[], before: readonly KeptTaxRate[]): void {
  const known = new Map(before.map((rate) => [taxRateName(rate), rate]));
  for (const { pointer, ...rate } of wanted) {
    const name = taxRateName(rate);
    const step = { what: "tax_rate", product: null, name } as const;
    const found = known.get(name);
    if (!found) {
      plan.newTaxRates.push({ ...rate, pointer });
      plan.steps.push({ ...step, outcome: "created", changes: {} });
      continue;
    }
    const after: TaxRate = { ...found, ...rate };
    const changes = differencesOf<TaxRate>(found, after);
    plan.steps.push({ ...step, ...outcomeOf(changes) });
    if (Object.keys(changes).length > 0) plan.taxRates.push(after);
  }
}
