// Must not be caught.
import { append } from "../events/index.ts";
import type { Tx } from "../platform/db.ts";
import { insert } from "./order-queries.ts";
export const place = async (tx: Tx) => [await insert(tx), await append(tx)];
