// Must be caught by ladder-fulfillment: parts and payments stand side by side.
import { ask } from "../payments/index.ts";
export const part = ask;
