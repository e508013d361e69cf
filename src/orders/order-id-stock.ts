import type { Db } from "../platform/db.ts";
import { drawOrderIds } from "./order-queries.ts";

/** Ids drawn ahead, so that placing a set need not ask for them first. */
export interface OrderIdStock {
  take(count: number): Promise<bigint[]>;
}

/**
 * Keeps as many ids ahead as the last set took. Those that are left when the process ends are never used: an id says
 * which order came first, not how many there are.
 */
export function openOrderIdStock(db: Db): OrderIdStock {
  let ready: bigint[] = [];

  async function draw(count: number): Promise<void> {
    const drawn = await drawOrderIds(db, { count });
    ready = [...ready, ...drawn.map((row) => row.orderId)];
  }

  return {
    async take(count) {
      while (ready.length < count) await draw(count - ready.length);
      const taken = ready.slice(0, count);
      ready = ready.slice(count);
      // Drawn while the set is placed; if it fails, the next set draws and hears why.
      if (ready.length < count) draw(count).catch(() => {});
      return taken;
    },
  };
}
