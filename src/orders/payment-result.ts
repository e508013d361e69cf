import type { ChargeAnswer } from "../payments/index.ts";
import type { Author } from "./changes.ts";

/** What was heard about one payment attempt, from whomever: our own call, a webhook, the reconciler. */
export interface PaymentResult {
  readonly orderId: bigint;
  /** The attempt it is about; null when only the order was named: then the one that is known by the payment's reference. */
  readonly attempt: number | null;
  /** It was not answered to the first call just now, so the ledger may have the payment, under another order even. */
  readonly readBack?: true;
  /** A webhook said so: what it says of amounts may be wrong while the payment itself is right. */
  readonly told?: true;
  /** Whose payment it is; left out, it is the attempt's gateway. */
  readonly gateway?: string;
  readonly answer: ChargeAnswer;
  readonly by: Author;
}

/** What hearing it changed. */
export type SettlementOutcome =
  | "paid"
  | "failed"
  | "waiting"
  | "surplus"
  | "duplicate"
  | "mismatched"
  | "unexpected"
  | "no_order";
