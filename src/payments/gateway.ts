/** What a gateway is asked to take. The key is committed before the call and is the same whenever the attempt is asked for. */
export interface ChargeRequest {
  readonly key: string;
  readonly orderId: bigint;
  readonly attempt: number;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly customerEmail: string;
}

export type ChargeFailure =
  | "card_declined"
  | "insufficient_funds"
  | "expired_card"
  | "processing_error"
  /** The shopper did not pay on the gateway's page in time, and cannot any more. */
  | "session_expired";

export type ChargeAnswer =
  /** Amount and currency are those that the gateway took: whoever records them compares them with the attempt. */
  | { readonly outcome: "paid"; readonly reference: string; readonly amountMinor: bigint; readonly currency: string }
  /** No money moved. The reference is null when the gateway made no payment at all. */
  | { readonly outcome: "failed"; readonly failure: ChargeFailure; readonly reference: string | null }
  /** The gateway has it and will say later. Without a reference the shopper may still pay on the gateway's page. */
  | { readonly outcome: "pending"; readonly reference: string | null }
  /** May or may not have happened: only a read-back or a webhook ends it. */
  | { readonly outcome: "unknown"; readonly reason: string }
  /** This call certainly had no effect. It says nothing about an earlier call with the same key. */
  | { readonly outcome: "not_sent"; readonly reason: string };

/** A payment that the shopper makes on a page of the gateway's. */
export interface SessionRequest extends ChargeRequest {
  /** What the page says is paid. */
  readonly description: string;
  readonly locale: string;
  /** Where the page sends the shopper who paid, and the one who did not. */
  readonly returnUrl: string;
  readonly cancelUrl: string;
}

export type SessionAnswer =
  /** The page is there until then; the same key opens the same page. */
  | { readonly outcome: "opened"; readonly reference: string; readonly url: string; readonly expiresAt: Date }
  /** Nothing can be paid under this key any more: `findCharge` says what became of it. */
  | { readonly outcome: "over" }
  | { readonly outcome: "failed"; readonly reason: string }
  | { readonly outcome: "unknown"; readonly reason: string }
  | { readonly outcome: "not_sent"; readonly reason: string };

export interface RefundRequest {
  readonly key: string;
  readonly orderId: bigint;
  readonly chargeReference: string;
  /** The gateway's names of the order's other refunds, as far as they are known: none of them is this one. */
  readonly others?: readonly string[];
  readonly amountMinor: bigint;
  readonly currency: string;
}

export type RefundAnswer =
  | { readonly outcome: "refunded"; readonly reference: string }
  /** No money moved. The reference is missing when the gateway made no refund at all. */
  | { readonly outcome: "failed"; readonly reason: string; readonly reference?: string }
  | { readonly outcome: "unknown"; readonly reason: string }
  | { readonly outcome: "not_sent"; readonly reason: string };

/** Whoever takes the money. Called while no transaction is open, since it may take seconds; no call ever throws. */
export interface Gateway {
  /** `sandbox` or `http`. */
  readonly name: string;
  /** Whether asking again with the same key cannot charge twice. */
  readonly keysAreSafe: boolean;
  charge(request: ChargeRequest): Promise<ChargeAnswer>;
  /** Opens a page on which the shopper pays; a gateway without pages charges. */
  openSession?(request: SessionRequest): Promise<SessionAnswer>;
  /**
   * Asks what became of a charge, by our reference. Undefined: the gateway has none now, though a call of ours that is
   * still under way may make one. Unknown: it could not be asked, or its answer decides nothing.
   */
  findCharge(request: ChargeRequest): Promise<ChargeAnswer | undefined>;
  refund(request: RefundRequest): Promise<RefundAnswer>;
  /** Ends what waits; calls under way are answered `unknown`. */
  close(): Promise<void>;
}
