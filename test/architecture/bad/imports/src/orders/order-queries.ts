// Must not be caught.
import type { Tx } from "../platform/db.ts";
import { order } from "./order.ts";
export const insert = (tx: Tx) => tx.run(String(order));
