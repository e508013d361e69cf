// Must not be caught.
import { request } from "node:https";
import type { Gateway } from "./gateway.ts";
export const gateway: Gateway = { ask: async () => request !== undefined };
