// Must be caught by ladder-orders: news runs up as events.
import { tell } from "../notifications/index.ts";
export const known = tell;
