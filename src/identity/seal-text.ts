import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";

const cipher = "aes-256-gcm";
const nonceBytes = 12; // Source: NIST SP 800-38D, section 5.2.1.1.
const tagBytes = 16;

function keyOf(purpose: string, secret: string): Buffer {
  return createHmac("sha256", secret).update(`seal ${purpose}`).digest();
}

/** Text that only this installation can read again, and only for the same purpose. */
export function sealText(text: string, purpose: string, secret: string): string {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, keyOf(purpose, secret), nonce);
  const sealed = Buffer.concat([sealing.update(text, "utf8"), sealing.final()]);
  return Buffer.concat([nonce, sealing.getAuthTag(), sealed]).toString("base64url");
}

/** The text that was sealed; undefined for what was changed, cut, or sealed elsewhere or for something else. */
export function unsealText(sealed: string, purpose: string, secret: string): string | undefined {
  const bytes = Buffer.from(sealed, "base64url");
  if (bytes.length < nonceBytes + tagBytes) return undefined;
  const opening = createDecipheriv(cipher, keyOf(purpose, secret), bytes.subarray(0, nonceBytes));
  opening.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  try {
    return opening.update(bytes.subarray(nonceBytes + tagBytes), undefined, "utf8") + opening.final("utf8");
  } catch {
    return undefined;
  }
}
