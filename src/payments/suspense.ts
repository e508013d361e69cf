import type { EntryKind } from "./payment.ts";

/** Money that somebody named and that fits no order as it was named. */
export interface SuspendedMoney {
  readonly gateway: string;
  readonly reference: string;
  readonly kind: EntryKind;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** The order that it was named for; null when there is none. */
  readonly orderId: bigint | null;
  /** Of the task in which a person decides. */
  readonly taskCause: string;
  readonly heardFrom: string;
}
