// Must be caught by clients-are-used-at-the-edge
import { gateway } from "./http-gateway-client.ts";
export const refund = gateway;
