// Must be caught by ladder-checkout: notifications are its neighbours.
import { tell } from "../notifications/index.ts";
export const thanked = tell;
