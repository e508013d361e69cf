// Must be caught by nouns-take-no-transaction
import type { Tx } from "../platform/db.ts";
export const held = (tx: Tx) => tx;
