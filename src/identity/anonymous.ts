import { createHmac, hash, timingSafeEqual } from "node:crypto";

/** The cookie by which an anonymous shopper is known. Source: BOB Store, which calls it so. */
export const anonymousCookie = "ANONYMOUS_USER_EXTERNAL_ID";

/** As many as nobody can guess: OWASP ASVS 7.2.3 wants 128 bits. */
export const anonymousTokenBytes = 24;

const cookieShape = /^([A-Za-z0-9_-]{32})\.([A-Za-z0-9_-]{43})$/;

/** Compared as text: of its last character two bits stand for nothing, and only one of the four is what we wrote. */
function signatureOf(token: string, secret: string): string {
  return createHmac("sha256", secret).update(`anonymous shopper ${token}`).digest("base64url");
}

/** The cookie's value: a token that was drawn, and our signature under it. */
export function writeAnonymous(token: string, secret: string): string {
  return `${token}.${signatureOf(token, secret)}`;
}

/** The token of a cookie that we signed; undefined for anything else. */
export function readAnonymous(value: string, secret: string): string | undefined {
  const [, token, signature] = cookieShape.exec(value) ?? [];
  if (token === undefined || signature === undefined) return undefined;
  return timingSafeEqual(Buffer.from(signature), Buffer.from(signatureOf(token, secret))) ? token : undefined;
}

/** Whose things are the bearer's of this token. Kept as a hash: whoever reads the database cannot make the cookie. */
export function anonymousOwner(token: string): string {
  return `anonymous/${hash("sha256", token, "base64url")}`;
}
