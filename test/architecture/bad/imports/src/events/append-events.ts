// Must not be caught.
import type { Tx } from "../platform/db.ts";
export const append = (tx: Tx) => tx.run("insert");
