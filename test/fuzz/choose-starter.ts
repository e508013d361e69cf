import { accountStarters } from "./account-starters.ts";
import { catalogueStarters } from "./catalogue-starters.ts";
import type { Starter } from "./making.ts";
import { shopStarters } from "./shop-starters.ts";
import { orderStarters } from "./starters.ts";

/** What gives an operation the values that its description cannot say; undefined where that says all. */
export function starterOf(operationId: string): Starter | undefined {
  const ofOrders = orderStarters[operationId];
  if (ofOrders) return ({ dice, pools }) => ofOrders(dice, pools);
  return shopStarters[operationId] ?? catalogueStarters[operationId] ?? accountStarters[operationId];
}
