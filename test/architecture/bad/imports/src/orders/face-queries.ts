// Must be caught by queries-hold-statements-only: its own face leads to its own verbs.
import { place } from "./index.ts";
export const placed = place;
