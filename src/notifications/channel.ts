import type { AccountNotice } from "./account-letter.ts";
import type { Correspondent, Letter } from "./letter.ts";

/** What became of a letter. */
export type Delivery =
  | { readonly outcome: "sent" }
  /** Never: sent again, it would be refused again. */
  | { readonly outcome: "failed"; readonly reason: string }
  /** It may or may not have gone out. Sent again, it has the same message id. */
  | { readonly outcome: "unknown"; readonly reason: string }
  /** It certainly had no effect; because of this letter, or because the channel takes none just now. */
  | { readonly outcome: "not_sent"; readonly reason: string; readonly holdup: "letter" | "channel" };

/** A way to reach people. Its adapters answer what became of a letter; they do not throw. */
export interface Channel {
  readonly name: "mailbox" | "smtp" | "http";
  /** In whose name letters go out. */
  readonly sender: Correspondent;
  send(letter: Letter | AccountNotice): Promise<Delivery>;
  close(): Promise<void>;
}

/** Why an outcome other than `sent` ended the tries, as events tell it: without words of the channel's, which may name people. */
export type FailureReason = "REFUSED" | "OUTCOME_UNKNOWN" | "NOT_DELIVERED";

const reasons = { failed: "REFUSED", unknown: "OUTCOME_UNKNOWN", not_sent: "NOT_DELIVERED" } as const;

export function failureReason(delivery: Exclude<Delivery, { outcome: "sent" }>): FailureReason {
  return reasons[delivery.outcome];
}
