export {
  type PriceInterval,
  type Sellable,
  type TaxRate,
  type Translation,
  taxRateFor,
  translationFor,
} from "./sellable.ts";
