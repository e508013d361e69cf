import type { Sql } from "../platform/db.ts";
import { listFed } from "./event-queries.ts";
import { type EventView, eventViews } from "./event-view.ts";

/** The most positions that one page has. */
export const longestFeedPage = 1_000;

export interface FeedPage {
  /** At least one event for each position, at most two: an OrderStatusChanged follows the event that it is derived from. */
  readonly events: EventView[];
  /** The last position of the page: where the next one begins after. */
  readonly nextAfter: bigint;
}

/** What happened after a position, in the order of the feed. An empty page has its own beginning as its end. */
export async function listFeed(sql: Sql, { after, limit }: { after: bigint; limit: number }): Promise<FeedPage> {
  const fed = await listFed(sql, { after, limit: Math.min(limit, longestFeedPage) });
  return { events: fed.flatMap(eventViews), nextAfter: fed.at(-1)?.position ?? after };
}
