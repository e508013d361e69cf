// Must be caught by queries-hold-statements-only
import { append } from "../events/index.ts";
export const appended = append;
