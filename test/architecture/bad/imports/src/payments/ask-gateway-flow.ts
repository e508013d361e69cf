// Must not be caught.
import { append } from "../events/index.ts";
import { gateway } from "./http-gateway-client.ts";
export const ask = async () => [await gateway.ask(), append];
