import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { expireCarts } from "./expire-carts.ts";

/** All carts that nobody touched for so long, piece by piece. */
export async function expireAllCarts({ db, clock }: { db: Db; clock: Clock }, keptMs: number): Promise<void> {
  while ((await expireCarts(db, keptMs, clock.now())) > 0);
}
