// Must be caught by ladder-platform: what everything stands on knows nothing above it.
import { place } from "../orders/index.ts";
export const known = place;
