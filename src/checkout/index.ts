export type { Till } from "./check-out-flow.ts";
export { mergeShopper } from "./merge-shopper.ts";
