// Must be caught by ladder-http: http knows no module.
import { who } from "../identity/index.ts";
export const known = who;
