// Must not be caught.
export { place } from "./place-orders.ts";
