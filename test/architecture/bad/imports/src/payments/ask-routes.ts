// Must be caught by routes-decide-nothing
import { gateway } from "./http-gateway-client.ts";
export const askRoutes = gateway;
