/** Kinds of trouble that a person decides on. */
export type TaskKind =
  | "payment_mismatch"
  | "payment_unexpected"
  | "payment_unresolved"
  | "refund_failed"
  | "refund_unresolved";

/** Something that needs a person. */
export interface NewTask {
  readonly kind: TaskKind;
  /** Names the trouble; met again, it opens no second task. */
  readonly cause: string;
  readonly orderId: bigint | null;
  readonly detail: object;
}
