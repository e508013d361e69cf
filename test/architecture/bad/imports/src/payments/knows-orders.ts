// Must be caught by ladder-payments: money knows an order's id, not orders.
import { place } from "../orders/index.ts";
export const known = place;
