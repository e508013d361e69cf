export { findSellables, lockSellables, type SellablesAsked } from "./find-sellables.ts";
export { findTaxRates } from "./find-tax-rates.ts";
export type { PriceInterval } from "./price.ts";
export { languagesOf } from "./read-languages.ts";
export type { Sellable } from "./sellable.ts";
export { type TaxRate, taxRateFor } from "./taxation.ts";
export { type Translation, translationFor } from "./translation.ts";
