import { Type } from "typebox";
import type { NewEvent } from "../events/index.ts";
import { uuidV5 } from "../platform/ids.ts";
import type { Import } from "./import.ts";

const Count = Type.Integer({ minimum: 0 });

/** Every event in an import's stream. */
export const importEvents = {
  ImportCompleted: Type.Object({
    importId: Type.String({ format: "uuid" }),
    status: Type.Enum(["completed", "completed_with_errors"]),
    rows: Count,
    ordersPlaced: Count,
    ordersRejected: Count,
    ordersDuplicate: Count,
    ordersUnpaid: Count,
    completedAt: Type.String({ format: "date-time" }),
  }),
} as const;

const type = "ImportCompleted" satisfies keyof typeof importEvents;

/** Tells that an import came to its end; the caller holds it. */
export function importCompleted(ended: Import, now: Date): NewEvent {
  return {
    streamKind: "import",
    streamId: ended.importId,
    sequence: ended.lastSequence,
    eventId: uuidV5(ended.uid, `${type} ${ended.lastSequence}`),
    type,
    subject: ended.uid,
    occurredAt: now,
    fromStatus: null,
    toStatus: null,
    actor: ended.createdBy,
    cause: `import ${ended.uid}`,
    data: {
      importId: ended.uid,
      status: ended.status,
      rows: ended.rowsRead,
      ordersPlaced: ended.ordersPlaced,
      ordersRejected: ended.ordersRejected,
      ordersDuplicate: ended.ordersDuplicate,
      ordersUnpaid: ended.ordersUnpaid,
      completedAt: now.toISOString(),
    },
  };
}
