// Must be caught by ladder-audit: identity stands on a higher rung.
import { who } from "../identity/index.ts";
export const known = who;
