/** Kinds of trouble that a person decides on. */
export const taskKinds = [
  "chargeback",
  "job_failed",
  "payment_mismatch",
  "payment_unexpected",
  "payment_unresolved",
  "refund_failed",
  "refund_unresolved",
  "webhook_changed",
] as const;

export type TaskKind = (typeof taskKinds)[number];

/** Something that needs a person. */
export interface NewTask {
  readonly kind: TaskKind;
  /** Names the trouble; met again, it opens no second task. */
  readonly cause: string;
  readonly orderId: bigint | null;
  readonly detail: object;
}

/** A task with who works on it and how it ended. Members that belong together are null together. */
export interface Task extends NewTask {
  readonly taskId: bigint;
  readonly openedAt: Date;
  readonly assignee: string | null;
  readonly assignedAt: Date | null;
  readonly assignedBy: string | null;
  readonly closedAt: Date | null;
  readonly closedBy: string | null;
  readonly closedReason: string | null;
}

const nul = "\u0000";
const replacement = "\ufffd";

/** Text as PostgreSQL can store it: what outside systems say may hold a NUL or half a character. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll(nul, replacement);
}

/** A task's detail as JSON that PostgreSQL can store; amounts as text, since they may be larger than a number holds. */
export function detailText(detail: object): string {
  return JSON.stringify(detail, (_, value: unknown) => {
    if (typeof value === "bigint") return value.toString();
    return typeof value === "string" ? storable(value) : value;
  });
}
