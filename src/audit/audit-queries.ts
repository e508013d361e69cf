import { change, type Tx } from "../platform/db.ts";
import { manyBy } from "../platform/filter-rows.ts";
import type { Entry } from "./entry.ts";

export const insertEntry = change<
  Tx,
  {
    actor: string;
    name: string;
    action: string;
    subject: string;
    requestId: string | null;
    detail: string;
    now: Date;
  }
>(
  "audit.insert_entry",
  `
  insert into audit.entries (actor, actor_name, action, subject, request_id, detail, recorded_at)
  values (:actor, :name, :action, :subject, :requestId, :detail::jsonb, :now)`,
);

/** Values by which entries can be asked for. */
export type EntryFilter = { actor?: string | undefined; action?: string | undefined; subject?: string | undefined };

/** Entries, newest first. One whose transaction commits late may appear below others that were read before. */
export const listEntries = manyBy<EntryFilter, Entry>(
  "audit.list_entries",
  { actor: "actor = :actor", action: "action = :action", subject: "subject = :subject" },
  (conditions) => `
  select entry_id, actor, actor_name, action, subject, request_id, detail, recorded_at
    from audit.entries
   where entry_id < :before${conditions}
   order by entry_id desc
   limit :limit`,
);
