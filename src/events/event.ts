/** What a stream is about. `stream_id` is the id of that thing; events carry the public one as `subject`. */
export type StreamKind = "order" | "stock" | "import" | "subscription" | "customer";

/** An event to append. Its number follows the stream's last one, which the caller knows since it holds the stream. */
export interface NewEvent {
  readonly streamKind: StreamKind;
  readonly streamId: bigint;
  /** Counts from 1 without gaps. */
  readonly sequence: number;
  readonly eventId: string;
  readonly type: string;
  readonly subject: string;
  readonly occurredAt: Date;
  /** Both null when the event moves no status. */
  readonly fromStatus: string | null;
  readonly toStatus: string | null;
  readonly actor: string;
  readonly cause: string;
  /** An object, or its JSON text when that is written already. */
  readonly data: object | string;
}

/** An event as it stands in its stream. */
export interface StoredEvent extends NewEvent {
  readonly data: object;
}

/** An event that subscribers may hear of, with its place in the feed. */
export interface FedEvent extends Omit<StoredEvent, "streamId" | "actor" | "cause"> {
  readonly position: bigint;
}

/** An order's status in the words of FlowMart's subscribers. Waiting for a payment is no status there. */
const announcedStatuses: ReadonlyMap<string, string> = new Map([
  ["pending", "CREATED"],
  ["paid", "CONFIRMED"],
  ["on_hold", "ON_HOLD"],
  ["shipped", "FULFILLING"],
  ["delivered", "COMPLETED"],
  ["cancelled", "CANCELLED"],
]);

/** What an order is created as: its first status is told by OrderCreated, and never moved to. */
const firstStatus = "CREATED";

export interface AnnouncedMove {
  readonly previousStatus: string;
  readonly newStatus: string;
}

/** The move that subscribers are told of, or undefined: of moves to and from payment_processing they hear nothing. */
export function announcedMove(fromStatus: string | null, toStatus: string | null): AnnouncedMove | undefined {
  const previousStatus = announcedStatuses.get(fromStatus ?? "");
  const newStatus = announcedStatuses.get(toStatus ?? "");
  if (previousStatus === undefined || newStatus === undefined || newStatus === firstStatus) return undefined;
  return { previousStatus, newStatus };
}
