import { one, type Tx } from "./db.ts";

/**
 * Lets the statements of this transaction read whole tables one row after the other. Our connections bar that, and the
 * planner would go through an index instead, which takes longer where every row is wanted.
 */
export const allowScans = one<Tx, Record<never, never>, { allowed: string }>(
  "platform.allow_scans",
  "select set_config('enable_seqscan', 'on', true) as allowed",
);
