// Must be caught by ladder-customers: orders stand on a higher rung.
import { place } from "../orders/index.ts";
export const placed = place;
