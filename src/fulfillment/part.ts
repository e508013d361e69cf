/** How far a provider is with taking its part of an order on. */
export type Processing = "pending" | "sent" | "confirmed" | "rejected" | "cancelled";

/** How far the goods of a part are. */
export type Fulfilment = "none" | "received" | "in_progress" | "ready" | "fulfilled";

/** The part of an order that one provider makes or ships. */
export interface ProviderOrder {
  readonly orderId: bigint;
  readonly providerId: string;
  readonly processing: Processing;
  readonly fulfilment: Fulfilment;
}

/** The merchant itself: its part is confirmed at once, nobody has to be asked. */
const ownProvider = "own";

/** The merchant's own part of an order that was just paid. */
export function ownPart(orderId: bigint): ProviderOrder {
  return { orderId, providerId: ownProvider, processing: "confirmed", fulfilment: "none" };
}
