import { exactNumber, writeJson } from "../http/write-json.ts";
import { exponentOf, formatMajor } from "../platform/money.ts";
import type { AccountNotice } from "./account-letter.ts";
import type { Channel, Delivery } from "./channel.ts";
import { guardChannel } from "./guard-channel.ts";
import { type Letter, parseSender } from "./letter.ts";

const path = "/api/v1/notifications/email";
const timeoutMs = 10_000; // Source: DD-ORDER-001, section 6.2.
const quickRetries = 2;

export interface NotificationApiOptions {
  readonly url: string;
  /** `Name <address>`; its domain stands in the message ids. */
  readonly from: string;
  readonly timeoutMs?: number;
}

/**
 * Letters through a notification service that renders and sends them. Each has its message id as `Idempotency-Key`,
 * so that a service that honours it sends a letter once, however often it is asked.
 */
export function notificationApiChannel(options: NotificationApiOptions): Channel {
  const url = new URL(`${options.url.replace(/\/+$/, "")}${path}`);
  const sender = parseSender(options.from);
  const channel: Channel = {
    name: "http",
    sender,
    async send(letter) {
      try {
        const response = await fetch(url, {
          method: "POST",
          headers: { "content-type": "application/json", "idempotency-key": letter.messageId },
          body: bodyOf(letter),
          redirect: "manual",
          signal: AbortSignal.timeout(options.timeoutMs ?? timeoutMs),
        });
        // The status is the answer; what else is said is not waited for.
        await response.body?.cancel();
        return deliveryOf(response.status);
      } catch (error) {
        return lostCall(error);
      }
    },
    close: () => Promise.resolve(),
  };
  return guardChannel(channel, { quickRetries });
}

function bodyOf(letter: Letter | AccountNotice): string {
  return "order" in letter ? orderBodyOf(letter) : accountBodyOf(letter);
}

/** Letters about accounts are no templates of DD-ORDER-001: they bring their words, beside what a template needs. */
function accountBodyOf({ kind, recipient, locale, name, link, subject, text, html }: AccountNotice): string {
  return writeJson({
    template: kind.toUpperCase(),
    to: recipient,
    locale,
    customer_name: name,
    link,
    subject,
    text,
    html,
  });
}

/** The fields of DD-ORDER-001, and beside them what a template needs. Amounts are decimals, as in its orders. */
function orderBodyOf({ kind, recipient, order }: Letter): string {
  const exponent = exponentOf(order.currency) ?? 0;
  const decimal = (minor: bigint) => exactNumber(formatMajor(minor, exponent));
  return writeJson({
    template: kind.toUpperCase(),
    to: recipient,
    order_id: order.orderId,
    order_number: order.number,
    locale: order.locale,
    customer_name: order.customerName,
    currency: order.currency,
    total_amount: decimal(order.totalMinor),
    items: order.items.map((item) => ({
      product_name: item.productName,
      quantity: item.quantity,
      unit_price: decimal(item.unitPriceMinor),
    })),
  });
}

/** Answers that judge the letter. Other refusals, such as 401 or 404, are about our settings and may be mended. */
const judgesTheLetter = new Set([400, 410, 413, 422]);
const notNow = new Set([429, 503]);

function deliveryOf(status: number): Delivery {
  const reason = `The notification service answered ${status}.`;
  if (status >= 200 && status < 300) return { outcome: "sent" };
  if (judgesTheLetter.has(status)) return { outcome: "failed", reason };
  if (status < 500 || notNow.has(status)) return { outcome: "not_sent", holdup: "channel", reason };
  return { outcome: "unknown", reason };
}

const neverConnected = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "UND_ERR_CONNECT_TIMEOUT"]);

function lostCall(error: unknown): Delivery {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const reason = `The notification service gave no answer: ${cause instanceof Error ? cause.message || code : "unknown"}`;
  return neverConnected.has(code) ? { outcome: "not_sent", holdup: "channel", reason } : { outcome: "unknown", reason };
}
