import { type Static, Type } from "typebox";
import type { StoredEvent } from "../events/index.ts";

const Status = Type.Union([Type.String(), Type.Null()]);

/** One entry of an order's timeline. */
export const TimelineView = Type.Object({
  sequence: Type.Integer({ minimum: 1 }),
  id: Type.String({ format: "uuid" }),
  type: Type.String(),
  occurred_at: Type.String({ format: "date-time" }),
  from_status: Status,
  to_status: Status,
  actor: Type.String({ description: "Who did it." }),
  cause: Type.String({ description: "What made it happen." }),
  data: Type.Unsafe<object>(Type.Object({}, { additionalProperties: true })),
});
export type TimelineView = Static<typeof TimelineView>;

export function timelineView(event: StoredEvent): TimelineView {
  return {
    sequence: event.sequence,
    id: event.eventId,
    type: event.type,
    occurred_at: event.occurredAt.toISOString(),
    from_status: event.fromStatus,
    to_status: event.toStatus,
    actor: event.actor,
    cause: event.cause,
    data: event.data,
  };
}
