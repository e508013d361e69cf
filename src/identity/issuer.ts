import { createHash } from "node:crypto";

/** Who somebody is, in the words of an OIDC issuer that signed them. */
export interface IssuerClaims {
  readonly issuer: string;
  /** Unique at the issuer, and never given to somebody else. */
  readonly subject: string;
  readonly email: string | null;
  /** The issuer says that the address is theirs; only then it means anything here. */
  readonly emailVerified: boolean;
  readonly name: string | null;
  /** What stands in the claim that gives roles; undefined when it is not there, or none is configured. */
  readonly staff: unknown;
}

/** An OIDC issuer at which people sign in. */
export interface Issuer {
  /** Where the browser goes. */
  authorizationUrl(asked: { state: string; nonce: string; verifier: string; redirectUri: string }): Promise<string>;
  /** Who came back with this code. */
  redeem(given: { code: string; nonce: string; verifier: string; redirectUri: string }): Promise<IssuerClaims>;
  /** Whose access token this is; nobody's when it is not for us, is over, or was not signed by the issuer. */
  verify(token: string): Promise<IssuerClaims | undefined>;
}

/** The cookie in which a sign-in that is under way is kept, with the browser that began it. */
export const stateCookie = "orderwell.oidc_state";
export const stateSeconds = 600;

/** What a browser that comes back from the issuer must bring. */
export interface SignInState {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly returnTo: string;
  readonly expiresAtMs: number;
}

/** Source: RFC 7636, section 4.2. */
export function challengeOf(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url");
}

const ownPath = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/;

/** A path of this server; `/` for what could lead elsewhere. */
export function ownPathOf(path: string | undefined): string {
  return path !== undefined && ownPath.test(path) ? path : "/";
}
