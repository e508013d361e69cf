import { type Static, Type } from "typebox";
import type { StoredEvent } from "../events/index.ts";

const status = (example: string) => Type.Union([Type.String(), Type.Null()], { examples: [example] });

/** One entry of an order's timeline. */
export const TimelineView = Type.Object(
  {
    sequence: Type.Integer({ minimum: 1, description: "The order's own counter, without gaps.", examples: [3] }),
    id: Type.String({ format: "uuid" }),
    type: Type.String({ examples: ["PaymentProcessed"] }),
    occurred_at: Type.String({ format: "date-time" }),
    from_status: status("payment_processing"),
    to_status: status("paid"),
    actor: Type.String({ description: "Who did it.", examples: ["019ab3bf-1111-7abc-8def-0123456789ab"] }),
    cause: Type.String({ description: "What made it happen.", examples: ["request h2k9dQ-1c"] }),
    data: Type.Unsafe<object>(
      Type.Object(
        {},
        {
          additionalProperties: true,
          description: "What this type of event tells, as in the feed.",
          examples: [{ amount: 179600, currency: "JPY", gateway: "sandbox" }],
        },
      ),
    ),
  },
  { title: "TimelineEntry" },
);
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
