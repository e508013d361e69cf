export type { Cart, CartKind, CartLine, CartStatus, CartWithLines } from "./cart.ts";
export { cartCheckedOut, cartNotFound } from "./cart-errors.ts";
export { checkOutCart } from "./check-out-cart.ts";
export { lockCart } from "./lock-cart.ts";
export { mergeCarts } from "./merge-carts.ts";
export { type LineProblem, type PriceBasis, type PricedCart, type PricedLine, priceCart } from "./price-cart.ts";
export {
  type Discount,
  type PartAmounts,
  type Sale,
  type SaleLine,
  type SaleShipping,
  type SaleTax,
  type TaxSum,
  type Totals,
  totalsOf,
} from "./totals.ts";
