import { type Static, Type } from "typebox";
import { detailView } from "../http/detail-view.ts";
import { BigInteger } from "../http/write-json.ts";
import type { Entry } from "./entry.ts";

const EntryView = Type.Object(
  {
    id: BigInteger({ minimum: 1, examples: [31] }),
    at: Type.String({ format: "date-time" }),
    actor: Type.String({
      description: "The id of the API key that did it; `cli` for operator commands, `start` for the first start.",
      examples: ["019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f"],
    }),
    actor_name: Type.String({ examples: ["back office"] }),
    action: Type.String({ examples: ["task.closed"] }),
    subject: Type.String({ description: "What it was done to.", examples: ["task/12"] }),
    request_id: Type.Union([Type.String(), Type.Null()], { examples: ["nT3Xa90b-1f"] }),
    detail: Type.Unsafe<object>(
      Type.Object({}, { additionalProperties: true, examples: [{ reason: "The bank confirmed it." }] }),
    ),
  },
  { title: "AuditEntry" },
);

export const EntryListView = Type.Object(
  {
    data: Type.Array(EntryView),
    next_cursor: Type.Union([Type.String(), Type.Null()], { description: "Null on the last page.", examples: [null] }),
  },
  { title: "AuditPage" },
);

export function entryView(entry: Entry): Static<typeof EntryView> {
  return {
    id: entry.entryId,
    at: entry.recordedAt.toISOString(),
    actor: entry.actor,
    actor_name: entry.actorName,
    action: entry.action,
    subject: entry.subject,
    request_id: entry.requestId,
    detail: detailView(entry.detail),
  };
}
