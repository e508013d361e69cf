import { createHash } from "node:crypto";
import type { EntryKind } from "./payment.ts";

/** What a payment service tells of one of its payments. The last two are ours: DD-ORDER-001 stops at refunds. */
export const newsKinds = ["succeeded", "failed", "refunded", "refund_failed", "charged_back"] as const;
export type NewsKind = (typeof newsKinds)[number];

/** Which webhook is meant: ids are the gateway's own. */
export interface WebhookKey {
  readonly gateway: string;
  readonly eventId: string;
}

/** One text for both parts: a gateway's name has no line break. */
export function webhookName({ gateway, eventId }: WebhookKey): string {
  return `${gateway}\n${eventId}`;
}

/** A webhook whose signature was believed. */
export interface Webhook extends WebhookKey {
  /** The order as the address names it; there may be none. */
  readonly namedOrder: string;
  /** As it arrived. */
  readonly body: string;
  readonly paymentId: string;
  /** The gateway's name of the refund or of the chargeback, if it has one. */
  readonly refundId: string | null;
  readonly news: NewsKind;
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** `parked`: it fitted nothing in time, and a person was asked. */
export type WebhookState = "received" | "worked" | "parked";

/** A webhook as the inbox has it. */
export interface KeptWebhook extends Webhook {
  readonly state: WebhookState;
  /** How often it was put off. */
  readonly tries: number;
  readonly receivedAt: Date;
}

/** Says whether two webhooks are the same. The signature does not cover the address, so that is in it too. */
export function fingerprintOf({ namedOrder, body }: Pick<Webhook, "namedOrder" | "body">): string {
  return createHash("sha256").update(`${namedOrder}\n${body}`).digest("hex");
}

/** How the ledger calls what a webhook tells; undefined when no money moved. */
export function entryKindOf(news: NewsKind): EntryKind | undefined {
  switch (news) {
    case "succeeded":
      return "capture";
    case "failed":
      return undefined;
    case "refunded":
      return "refund";
    case "refund_failed":
      return "refund_failed";
    case "charged_back":
      return "chargeback";
  }
}

/** Who said it, in money entries, events and tasks. */
export function causeOf({ eventId }: WebhookKey): string {
  return `webhook ${eventId}`;
}

const firstWaitMs = 1_000; // What is under way just now is over by then.
const longestWaitMs = 600_000; // A gateway that was away for hours is asked within ten minutes of its return.
const doublings = 10; // A second doubled ten times is already more than the longest wait.

/** How long to wait before the next try: doubles with each, ten minutes at most. */
export function nextTryDelayMs(tries: number): number {
  return Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(tries, doublings));
}
