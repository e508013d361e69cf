import { createHmac, timingSafeEqual } from "node:crypto";

const linkShape = /^(\d{10})\.([A-Za-z0-9_-]{43})$/;
const secondMs = 1000;

/** Compared as text: of its last character two bits stand for nothing, and only one of the four is what we wrote. */
function signatureOf(uid: string, expires: string, secret: string): string {
  return createHmac("sha256", secret).update(`order link ${uid.toLowerCase()} ${expires}`).digest("base64url");
}

/** What opens one order until then, for whoever has it: the end of its time, and our signature over both. */
export function writeOrderLink(uid: string, expiresAt: Date, secret: string): string {
  const expires = Math.floor(expiresAt.getTime() / secondMs).toString();
  return `${expires}.${signatureOf(uid, expires, secret)}`;
}

/** Whether a link opens this order now. */
export function opensOrder(link: string, uid: string, secret: string, now: Date): boolean {
  const [, expires, signature] = linkShape.exec(link) ?? [];
  if (expires === undefined || signature === undefined) return false;
  const isSigned = timingSafeEqual(Buffer.from(signature), Buffer.from(signatureOf(uid, expires, secret)));
  return isSigned && Number(expires) * secondMs > now.getTime();
}
