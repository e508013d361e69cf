import { createHmac, timingSafeEqual } from "node:crypto";
import type { StaffRole } from "./role.ts";

/** The cookie by which a user who signed in is known. */
export const sessionCookie = "orderwell.session_token";

/** How long somebody who does nothing stays signed in. */
export const sessionSeconds = 604_800;
/** Who asks all day writes once an hour that the session lives on. */
export const renewedAfterSeconds = 3_600;
/** However busy a session is, its user signs in again after so long. */
export const longestSessionSeconds = 7_776_000;

/** A session that lives, and whose it is. */
export interface Session {
  readonly sessionId: string;
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly expiresAt: Date;
  /** Null for those who do not work here, or not any more. */
  readonly staffRole: StaffRole | null;
}

const cookieShape = /^([A-Za-z0-9_-]{32})\.([A-Za-z0-9_-]{43})$/;

/** Compared as text: of its last character two bits stand for nothing, and only one of the four is what we wrote. */
function signatureOf(token: string, secret: string): string {
  return createHmac("sha256", secret).update(`session ${token}`).digest("base64url");
}

/** The cookie's value: the session's token, and our signature under it. */
export function writeSession(token: string, secret: string): string {
  return `${token}.${signatureOf(token, secret)}`;
}

/** The token of a cookie that we signed; undefined for anything else, so that nonsense is never looked up. */
export function readSession(value: string, secret: string): string | undefined {
  const [, token, signature] = cookieShape.exec(value) ?? [];
  if (token === undefined || signature === undefined) return undefined;
  return timingSafeEqual(Buffer.from(signature), Buffer.from(signatureOf(token, secret))) ? token : undefined;
}

/** Until when a session lives that is used now; undefined while it is too early to write that down again. */
export function renewalOf({ createdAt, updatedAt, expiresAt }: Session, now: Date): Date | undefined {
  if (now.getTime() - updatedAt.getTime() < renewedAfterSeconds * 1000) return undefined;
  const ends = Math.min(now.getTime() + sessionSeconds * 1000, createdAt.getTime() + longestSessionSeconds * 1000);
  return ends > expiresAt.getTime() ? new Date(ends) : undefined;
}
