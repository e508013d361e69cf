import { isUtf8 } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { webhookSignatureWrong } from "./gateway-errors.ts";

/** One that signs, and those that are still or already believed while they rotate. */
export type WebhookSecrets = readonly [Webhook, ...Webhook[]];

/** Source: Standard Webhooks 1.0, "Signature scheme": a key has 24 bytes or more. */
const shortestKeyBytes = 24;

/** How far a webhook's time may be from ours. Source: Standard Webhooks 1.0, "Verifying webhook authenticity". */
const toleranceSeconds = 300;

const longestIdLength = 255;
const mostSignatures = 10; // A sender that rotates its keys has two or three.
const msPerSecond = 1000;
const secretPrefix = "whsec_";

/**
 * Reads the secrets from their setting, joined by commas.
 * Throws a plain error for none, an empty one, one that is no base64 or one too short: the program must not start then.
 */
export function parseWebhookSecrets(text: string): WebhookSecrets {
  const [first, ...others] = text.split(",").map((part, index) => parseSecret(part.trim(), index + 1));
  if (!first) throw new Error("There is no webhook secret.");
  return [first, ...others];
}

function parseSecret(secret: string, place: number): Webhook {
  const encoded = secret.startsWith(secretPrefix) ? secret.slice(secretPrefix.length) : secret;
  const bytes = Buffer.from(encoded, "base64");
  // Node skips what is no base64; a typing error must not become another key.
  const isBase64 = bytes.toString("base64").replace(/=+$/, "") === encoded.replace(/=+$/, "");
  if (!isBase64) throw new Error(`Webhook secret ${place} is not base64.`);
  if (bytes.length < shortestKeyBytes) {
    throw new Error(`Webhook secret ${place} has ${bytes.length} bytes; it must have ${shortestKeyBytes} at least.`);
  }
  return new Webhook(bytes.toString("base64"));
}

/** What is signed: these very bytes, under a name that is the same whenever they are sent again. */
export interface OutgoingWebhook {
  readonly id: string;
  readonly body: string;
  readonly now: Date;
}

export interface WebhookHeaders {
  readonly "webhook-id": string;
  readonly "webhook-timestamp": string;
  readonly "webhook-signature": string;
}

/** The headers that make a webhook believed. Signs with the first secret. */
export function signWebhook([secret]: WebhookSecrets, { id, body, now }: OutgoingWebhook): WebhookHeaders {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / msPerSecond)),
    "webhook-signature": secret.sign(id, now, body),
  };
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Lets a webhook pass that one of the secrets signed within five minutes of now, and answers its id. The body is the
 * bytes that arrived; written anew they would be others.
 *
 * Source: Standard Webhooks 1.0. The package signs; it compares with a clock of its own, so comparing is done here.
 * @throws payment.webhook_signature
 */
export function verifyWebhook(secrets: WebhookSecrets, headers: Headers, rawBody: Buffer, now: Date): string {
  const id = headers["webhook-id"];
  const timestamp = headers["webhook-timestamp"];
  const signatures = headers["webhook-signature"];
  if (typeof id !== "string" || typeof timestamp !== "string" || typeof signatures !== "string") {
    throw webhookSignatureWrong({ reason: "a header is missing" });
  }
  if (id === "" || id.length > longestIdLength) throw webhookSignatureWrong({ reason: "its id is empty or too long" });
  // Other bytes would be read as the same text, and so have the same signature.
  if (!isUtf8(rawBody)) throw webhookSignatureWrong({ reason: "its body is not UTF-8" });
  const signedAt = timeOf(timestamp, now);
  const body = rawBody.toString("utf8");
  const believed = secrets.some((secret) => hasSignature(signatures, secret.sign(id, signedAt, body)));
  if (!believed) throw webhookSignatureWrong({ reason: "no signature matches" });
  return id;
}

function timeOf(timestamp: string, now: Date): Date {
  if (!/^\d{1,12}$/.test(timestamp)) throw webhookSignatureWrong({ reason: "its time is not a number of seconds" });
  const signedAt = new Date(Number(timestamp) * msPerSecond);
  const apartMs = Math.abs(now.getTime() - signedAt.getTime());
  if (apartMs > toleranceSeconds * msPerSecond)
    throw webhookSignatureWrong({ reason: "its time is too far from ours" });
  return signedAt;
}

function hasSignature(sent: string, expected: string): boolean {
  const wanted = Buffer.from(expected);
  return sent
    .split(" ", mostSignatures)
    .map((signature) => Buffer.from(signature))
    .some((signature) => signature.length === wanted.length && timingSafeEqual(signature, wanted));
}
