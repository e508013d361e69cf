import type { JWTPayload, JWTVerifyGetKey } from "jose";
import { Refusal } from "../platform/errors.ts";
import { challengeOf, type Issuer, type IssuerClaims } from "./issuer.ts";
import { oidcRefused, oidcUnavailable } from "./oidc-errors.ts";

export interface OidcOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Empty for a client that has none and proves itself by PKCE alone. */
  readonly clientSecret: string;
  /** The claim that holds our names of roles; empty when there is none. */
  readonly staffClaim: string;
  /** How soon keys that are not known may be asked for again. */
  readonly keysAgainMs?: number;
  readonly timeoutMs?: number;
}

const timeoutMs = 5_000;
const keysAgainMs = 5_000; // Whoever presents made-up key ids makes us ask that often at most.
const discoveryMs = 3_600_000; // Issuers move their addresses about never.
const retryAfterSeconds = 5;
const mostBytes = 262_144; // A discovery document has 4 kB.
const toleranceSeconds = 30;
/** Signatures that only the issuer can make: no `none`, and none by a secret that we share. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

/** Source: OpenID Connect Discovery 1.0, section 3. */
interface Discovery {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly jwks_uri: string;
  readonly token_endpoint_auth_methods_supported?: readonly string[];
}

interface Known {
  readonly discovery: Discovery;
  readonly keys: JWTVerifyGetKey;
  readonly askedAtMs: number;
}

/**
 * An OIDC issuer, found by its discovery document. Nothing is asked and nothing loaded before somebody signs in there.
 * Source: OpenID Connect Core 1.0, section 3.1; RFC 7636.
 */
export function openOidcIssuer(options: OidcOptions): Issuer {
  let known: Promise<Known> | undefined;

  async function discover(): Promise<Known> {
    const { createRemoteJWKSet } = await import("jose");
    const place = `${options.issuer.replace(/\/+$/, "")}/.well-known/openid-configuration`;
    const discovery = (await askJson(place, {}, options)) as unknown as Discovery;
    if (discovery.issuer !== options.issuer) throw oidcUnavailable({}, { retryAfterSeconds });
    const keys = createRemoteJWKSet(new URL(discovery.jwks_uri), {
      timeoutDuration: options.timeoutMs ?? timeoutMs,
      cooldownDuration: options.keysAgainMs ?? keysAgainMs,
    });
    return { discovery, keys, askedAtMs: performance.now() };
  }

  async function find(): Promise<Known> {
    const former = await known?.catch(() => undefined);
    if (former && performance.now() - former.askedAtMs < discoveryMs) return former;
    known = discover();
    return known;
  }

  async function read(token: string): Promise<JWTPayload> {
    const [{ jwtVerify }, { keys }] = await Promise.all([import("jose"), find()]);
    const { payload } = await jwtVerify(token, keys, {
      issuer: options.issuer,
      audience: options.clientId,
      algorithms,
      clockTolerance: toleranceSeconds,
      requiredClaims: ["exp", "iat", "sub"],
    });
    assertPresenter(payload, options.clientId);
    return payload;
  }

  return {
    async authorizationUrl({ state, nonce, verifier, redirectUri }) {
      const { discovery } = await find();
      const url = new URL(discovery.authorization_endpoint);
      const asked = {
        response_type: "code",
        client_id: options.clientId,
        redirect_uri: redirectUri,
        scope: "openid email profile",
        state,
        nonce,
        code_challenge: challengeOf(verifier),
        code_challenge_method: "S256",
      };
      for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
      return url.href;
    },
    async redeem({ code, nonce, verifier, redirectUri }) {
      const { discovery } = await find();
      const answer = await askJson(
        discovery.token_endpoint,
        tokenRequest(options, discovery, { code, verifier, redirectUri }),
        options,
      );
      const payload = await read(String(answer.id_token)).catch(refuseToken);
      if (payload.nonce !== nonce) throw oidcRefused({ why: "its token is for another sign-in" });
      return claimsOf(payload, options);
    },
    async verify(token) {
      try {
        return claimsOf(await read(token), options);
      } catch (error) {
        if (isTokenFault(error)) return undefined;
        throw unreachable(error);
      }
    },
  };
}

/** Source: OpenID Connect Core 1.0, section 3.1.3.7, rules 4 and 5. */
function assertPresenter({ aud, azp }: JWTPayload, clientId: string): void {
  const several = Array.isArray(aud) && aud.length > 1;
  if ((several || azp !== undefined) && azp !== clientId) throw oidcRefused({ why: "its token is for somebody else" });
}

function tokenRequest(
  { clientId, clientSecret }: OidcOptions,
  { token_endpoint_auth_methods_supported: methods = ["client_secret_basic"] }: Discovery,
  { code, verifier, redirectUri }: { code: string; verifier: string; redirectUri: string },
): RequestInit {
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  });
  const headers: Record<string, string> = { "content-type": "application/x-www-form-urlencoded" };
  const posted = !methods.includes("client_secret_basic") && methods.includes("client_secret_post");
  if (clientSecret === "" || posted) {
    body.set("client_id", clientId);
    if (clientSecret !== "") body.set("client_secret", clientSecret);
  } else {
    // Source: RFC 6749, section 2.3.1: both are encoded as in a form first.
    const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
    headers.authorization = `Basic ${Buffer.from(pair).toString("base64")}`;
  }
  return { method: "POST", headers, body: body.toString() };
}

/** Asks the issuer and reads JSON. An answer that says no is about what we brought; anything else may be mended. */
async function askJson(
  url: string,
  init: RequestInit,
  { timeoutMs: longest }: OidcOptions,
): Promise<Record<string, unknown>> {
  const signal = AbortSignal.timeout(longest ?? timeoutMs);
  try {
    const response = await fetch(url, { ...init, redirect: "error", signal });
    const text = await response.text();
    if (response.status >= 400 && response.status < 500)
      throw oidcRefused({ why: `the issuer answered ${response.status}` });
    if (!response.ok || text.length > mostBytes) throw oidcUnavailable({}, { retryAfterSeconds });
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw unreachable(error);
  }
}

/** By which codes the library says that keys could not be had; with all others it says that a token is not good. */
const keysAway = new Set(["ERR_JWKS_TIMEOUT", "ERR_JWKS_INVALID", "ERR_JOSE_GENERIC"]);

/** The token is at fault, and not whoever could not be asked about it. */
function isTokenFault(error: unknown): boolean {
  if (error instanceof Refusal) return error.kind === "forbidden";
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^ERR_J(OSE|W[A-Z]+)_/.test(code) && !keysAway.has(code);
}

function unreachable(error: unknown): unknown {
  return error instanceof Refusal ? error : oidcUnavailable({}, { retryAfterSeconds });
}

function refuseToken(error: unknown): never {
  if (error instanceof Refusal || !isTokenFault(error)) throw unreachable(error);
  throw oidcRefused({ why: "its token is not valid" });
}

function claimsOf(payload: JWTPayload, { issuer, staffClaim }: OidcOptions): IssuerClaims {
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);
  return {
    issuer,
    subject: String(payload.sub),
    email: text(payload.email),
    emailVerified: payload.email_verified === true,
    name: text(payload.name),
    staff: staffClaim === "" ? undefined : payload[staffClaim],
  };
}
