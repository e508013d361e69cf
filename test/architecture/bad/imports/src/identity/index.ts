// Must be caught by ladder-identity: a type is knowledge too.
import type { Gateway } from "../payments/index.ts";
export const who = (gateway: Gateway) => gateway;
