import { randomUUID } from "node:crypto";
import type { NewEvent } from "../../src/events/index.ts";

const noon = new Date("2026-11-23T12:00:00Z");

/** An event of the order stream given, with whatever the test is about. */
export function givenEvent(streamId: bigint, sequence: number, about: Partial<NewEvent> = {}): NewEvent {
  return {
    streamKind: "order",
    streamId,
    sequence,
    eventId: randomUUID(),
    type: "OrderNoted",
    subject: "01930000-0000-7000-8000-000000000001",
    occurredAt: noon,
    fromStatus: null,
    toStatus: null,
    actor: "test",
    cause: "test",
    data: { sequence },
    ...about,
  };
}
