// Must be caught by through-the-face: a type is knowledge too.
import type { Gateway } from "../payments/gateway.ts";
export const reached = (gateway: Gateway) => gateway;
