// Must be caught by ladder-catalog: payments stand on a higher rung.
import { pay } from "../payments/index.ts";
export const paid = pay;
