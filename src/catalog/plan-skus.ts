import type { KeptCatalogue, SetupPlan, WantedProduct } from "./setup-plan.ts";

/** The SKU that each product of a file has afterwards, by its key. */
type Skus = ReadonlyMap<string, string>;

/** SKUs pass from one product of the file to another; one that stays with its product is nobody else's. */
export function planSkus(plan: SetupPlan, wanted: readonly WantedProduct[], skus: Skus, kept: KeptCatalogue): void {
  const holders = new Map(kept.skus.map(({ sku, key }) => [sku, key]));
  const ids = new Map(kept.products.map(({ key, productId }) => [key, productId]));
  const owners = new Map<string, string>();
  for (const one of wanted) {
    const sku = skus.get(one.key) ?? one.key;
    const holder = holders.get(sku) ?? one.key;
    // Whoever is not in the file keeps what it has.
    const other = owners.get(sku) ?? (skus.has(holder) ? undefined : holder);
    if (other !== undefined) plan.faults.push(takenFault(one, sku, other));
    else if (holder !== one.key) plan.freedSkus.push(ids.get(holder) ?? "");
    owners.set(sku, one.key);
  }
}

function takenFault({ pointer, given }: WantedProduct, sku: string, other: string) {
  const member = given.sku === undefined ? "key" : "sku";
  return { pointer: `${pointer}/${member}`, detail: `The product ${other} has the SKU ${sku}.` };
}
