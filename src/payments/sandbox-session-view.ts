import { readFileSync } from "node:fs";
import { type Static, Type } from "typebox";
import { pageHeaders } from "../http/safe-headers.ts";
import { BigInteger } from "../http/write-json.ts";
import { exponentOf } from "../platform/money.ts";
import type { SandboxSession } from "./page.ts";

const page = "https://shop.example/orders/019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f";

/** A payment page, as it is shown to the shopper. */
export const SandboxSessionView = Type.Object(
  {
    session_id: Type.String({ examples: ["cs_3q2-7w"] }),
    status: Type.Enum(["open", "decided", "expired"], { examples: ["open"] }),
    description: Type.String({ examples: ["ORD-27180435"] }),
    amount: BigInteger({ description: "Integer minor units.", examples: [4400] }),
    currency: Type.String({ examples: ["JPY"] }),
    exponent: Type.Integer({ description: "How many decimals the currency has.", examples: [0] }),
    locale: Type.String({ examples: ["ja"] }),
    cancel_url: Type.String({ description: "Where the shopper goes who does not pay.", examples: [page] }),
    expires_at: Type.String({ format: "date-time" }),
  },
  { title: "SandboxSession" },
);
export type SandboxSessionView = Static<typeof SandboxSessionView>;

export const SandboxDecisionView = Type.Object(
  {
    status: Type.Enum(["succeeded", "failed", "pending"], { examples: ["succeeded"] }),
    next_url: Type.String({ description: "Where the page sends the shopper now.", examples: [page] }),
  },
  { title: "SandboxDecision" },
);

export function sandboxSessionView(session: SandboxSession, isOver: boolean): SandboxSessionView {
  return {
    session_id: session.sessionId,
    status: isOver ? "expired" : session.status,
    description: session.description,
    amount: session.amountMinor,
    currency: session.currency,
    exponent: exponentOf(session.currency) ?? 0,
    locale: session.locale,
    cancel_url: session.cancelUrl,
    expires_at: session.expiresAt.toISOString(),
  };
}

const folder = new URL("../../web/payment/", import.meta.url);

/** The payment page: files that are served as they are; what is to be paid they ask for themselves. */
export const paymentFiles = [
  { path: "/sandbox/pay/:session_id", file: "payment.html", type: "text/html; charset=utf-8" },
  { path: "/sandbox/payment.css", file: "payment.css", type: "text/css; charset=utf-8" },
  { path: "/sandbox/payment.js", file: "payment.js", type: "text/javascript; charset=utf-8" },
].map(({ path, file, type }) => ({ path, type, text: readFileSync(new URL(file, folder), "utf8") }));

export const paymentPageHeaders = {
  ...pageHeaders,
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'",
  "cache-control": "no-cache",
};
