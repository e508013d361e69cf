// Must not be caught.
export { ask } from "./ask-gateway-flow.ts";
export type { Gateway } from "./gateway.ts";
