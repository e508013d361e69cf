export { openShopperTurns } from "./answer-cart.ts";
export type { Cart, CartKind, CartLine, CartStatus, CartWithLines } from "./cart.ts";
export { cartNotFound } from "./cart-errors.ts";
export { checkOutCart } from "./check-out-cart.ts";
export { lockCart } from "./lock-cart.ts";
export { mergeCarts } from "./merge-carts.ts";
export { type LineProblem, type PriceBasis, type PricedCart, type PricedLine, priceCart } from "./price-cart.ts";
export type { PartAmounts, SaleTax, TaxSum, Totals } from "./totals.ts";
