// Must be caught by ladder-carts: orders stand on a higher rung.
import { place } from "../orders/index.ts";
export const placed = place;
