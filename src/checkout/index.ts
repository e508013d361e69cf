export type { Till } from "./check-out-flow.ts";
