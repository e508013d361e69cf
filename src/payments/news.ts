import type { SandboxPayment } from "./sandbox.ts";

/** How the sandbox tells of its payments. */
export interface SandboxNews {
  /** Sends without being waited for: the answer and the webhook race each other, as they do with any gateway. */
  tell(payment: SandboxPayment): void;
  /** Lets a pending payment succeed when its time has come, and tells of it unless a read-back was quicker. */
  tellLater(orderId: bigint, afterMs: number): void;
}
