// Must not be caught: it can name a verb, and has no transaction to call it with.
import { append } from "../events/index.ts";
export const placed = append;
