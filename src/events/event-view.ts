import { type Static, Type } from "typebox";
import { uuidV5 } from "../platform/ids.ts";
import { announcedMove, type FedEvent } from "./event.ts";

/** An event as subscribers see it. Source: CloudEvents 1.0.2, JSON format. */
export const EventView = Type.Object(
  {
    specversion: Type.Literal("1.0"),
    id: Type.String({ format: "uuid", description: "The same whenever the event is delivered again." }),
    source: Type.String({ examples: ["/orderwell"] }),
    type: Type.String({ examples: ["OrderConfirmed"] }),
    subject: Type.String({ format: "uuid", description: "The thing that it is about, for an order its UUID." }),
    time: Type.String({ format: "date-time" }),
    dataschema: Type.String({ examples: ["urn:orderwell:event:OrderConfirmed:1"] }),
    datacontenttype: Type.Literal("application/json"),
    sequence: Type.Integer({ minimum: 1, description: "The subject's own counter, without gaps.", examples: [4] }),
    partitionkey: Type.String({ examples: ["019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f"] }),
    position: Type.Unsafe<bigint>(
      Type.Integer({
        minimum: 1,
        description: "The place in the feed; an OrderStatusChanged has that of its event.",
        examples: [4],
      }),
    ),
    data: Type.Unsafe<object>(
      Type.Object(
        {},
        {
          additionalProperties: true,
          description: "What this type of event tells, in camelCase and integer minor units.",
          examples: [{ orderId: "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f" }],
        },
      ),
    ),
  },
  { title: "Event" },
);
export type EventView = Static<typeof EventView>;

const source = "/orderwell";
const statusChanged = "OrderStatusChanged";

function dataSchema(type: string): string {
  return `urn:orderwell:event:${type}:1`;
}

function eventView(event: FedEvent): EventView {
  return {
    specversion: "1.0",
    id: event.eventId,
    source,
    type: event.type,
    subject: event.subject,
    time: event.occurredAt.toISOString(),
    dataschema: dataSchema(event.type),
    datacontenttype: "application/json",
    sequence: event.sequence,
    partitionkey: event.subject,
    position: event.position,
    data: event.data,
  };
}

/**
 * The event, followed by the OrderStatusChanged that is derived from it when it moved an order's status.
 *
 * The derived one is no row. It shares position and sequence with its event and is never parted from it; its id is its
 * own, made from the event's, so that subscribers tell them apart and know it again.
 */
export function eventViews(event: FedEvent): EventView[] {
  const told = eventView(event);
  const move = event.streamKind === "order" ? announcedMove(event.fromStatus, event.toStatus) : undefined;
  if (!move) return [told];
  const changed = {
    ...told,
    id: uuidV5(event.eventId, statusChanged),
    type: statusChanged,
    dataschema: dataSchema(statusChanged),
    data: { orderId: event.subject, ...move, sequence: event.sequence, changedAt: told.time },
  };
  return [told, changed];
}
