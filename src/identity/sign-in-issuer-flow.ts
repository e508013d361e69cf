import { hash } from "node:crypto";
import { randomToken } from "../platform/ids.ts";
import type { PublicAddress } from "../platform/public-address.ts";
import { type CookieHeaders, type CookieOptions, clearCookie, cookieOf, writeCookie } from "./cookie.ts";
import { type Issuer, ownPathOf, stateCookie, stateSeconds } from "./issuer.ts";
import { readState, writeState } from "./keep-state.ts";
import { linkIssuerUser } from "./link-issuer-user.ts";
import { oidcRefused } from "./oidc-errors.ts";
import { insertToken } from "./one-time-queries.ts";
import type { Accounts, Asker } from "./open-accounts.ts";
import { openSession } from "./open-session.ts";
import { type Entered, enterAccount } from "./sign-in-flow.ts";

const randomBytes = 32; // Source: RFC 7636, section 4.1: 43 characters at least.

/** Signing in at an issuer: where people are sent, and where they come back. */
export interface IssuerDoor extends CookieOptions {
  readonly issuer: Issuer;
  readonly address: PublicAddress;
}

export const callbackPath = "/api/store/auth/oidc/callback";

function redirectUriOf({ address }: IssuerDoor): string {
  return `${address.url()}${callbackPath}`;
}

/**
 * Sends a browser to the issuer. Nothing is written down: what it must bring back is sealed in a cookie of its own.
 */
export async function beginIssuerSignIn(
  accounts: Pick<Accounts, "clock" | "secret">,
  door: IssuerDoor,
  returnTo: string | undefined,
): Promise<{ location: string; setCookie: string }> {
  const [state, nonce, verifier] = [randomToken(randomBytes), randomToken(randomBytes), randomToken(randomBytes)];
  const location = await door.issuer.authorizationUrl({ state, nonce, verifier, redirectUri: redirectUriOf(door) });
  const expiresAtMs = accounts.clock.now().getTime() + stateSeconds * 1000;
  const sealed = writeState({ state, nonce, verifier, returnTo: ownPathOf(returnTo), expiresAtMs }, accounts.secret);
  return { location, setCookie: writeCookie(stateCookie, sealed, { ...door, maxAgeSeconds: stateSeconds }) };
}

export interface Returned {
  readonly code: string | undefined;
  readonly state: string;
  readonly headers: CookieHeaders;
  readonly asker: Asker;
}

/**
 * Signs somebody in who comes back from the issuer, in a new session. Only the browser that was sent there can, once.
 * @throws identity.oidc_refused, identity.oidc_email_unverified
 */
export async function finishIssuerSignIn(
  accounts: Accounts,
  door: IssuerDoor,
  { code, state, headers, asker }: Returned,
): Promise<Entered & { returnTo: string }> {
  const { db, clock, secret } = accounts;
  const begun = readState(cookieOf(headers, stateCookie) ?? "", state, { secret, now: clock.now() });
  if (!begun) throw oidcRefused({ why: "it was not begun in this browser, or too long ago" });
  if (code === undefined) throw oidcRefused({ why: "the issuer let nobody in" });
  await useState(accounts, begun.state);
  const { nonce, verifier, returnTo } = begun;
  const claims = await door.issuer.redeem({ code, nonce, verifier, redirectUri: redirectUriOf(door) });
  const token = await db.transaction(async (tx) => {
    const now = clock.now();
    const userId = await linkIssuerUser(tx, claims, now);
    return openSession(tx, { userId, origin: asker.origin }, now);
  });
  const { session, setCookies } = await enterAccount(accounts, token, headers);
  return { session, returnTo, setCookies: [...setCookies, clearCookie(stateCookie, door)] };
}

/** Keeps that a state was used until its cookie would be too old anyway. */
async function useState({ db, clock }: Accounts, state: string): Promise<void> {
  const now = clock.now();
  const expiresAt = new Date(now.getTime() + stateSeconds * 1000);
  const used = { tokenHash: hash("sha256", `oidc_state ${state}`, "base64url"), purpose: "oidc_state", usedAt: now };
  const written = await db.transaction((tx) => insertToken(tx, { ...used, expiresAt, now }));
  if (written === 0) throw oidcRefused({ why: "it was used before" });
}
