import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";

/** What is wrong with the tokens that are given out from now on. */
export type TokenFault =
  | "none"
  | "stranger_key"
  | "other_audience"
  | "other_issuer"
  | "other_nonce"
  | "other_party"
  | "expired"
  | "unsigned"
  | "shared_secret"
  | "no_subject";

export type CallFault = "none" | "crash" | "drop" | "not_json" | "other_issuer";

export interface FakeIssuer {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Calls of the keys' address. */
  readonly keyCalls: number;
  tokenFault: TokenFault;
  callFault: CallFault;
  /** Signs somebody in at the issuer, as the page does to which the browser was sent; answers where it is sent back. */
  authorize(location: string, claims: JWTPayload): URL;
  /** An access token, as programs get them. */
  accessToken(claims: JWTPayload): Promise<string>;
  /** Signs with another key from now on, and gives the former one out no more. */
  rotate(): Promise<void>;
  close(): Promise<void>;
}

interface Granted {
  readonly claims: JWTPayload;
  readonly nonce: string;
  readonly challenge: string;
  readonly redirectUri: string;
}

interface Signer {
  readonly kid: string;
  readonly privateKey: Awaited<ReturnType<typeof generateKeyPair>>["privateKey"];
  readonly jwk: JWK;
}

const hourSeconds = 3_600;

async function newSigner(number: number): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const kid = `key-${number}`;
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: "ES256", use: "sig" } };
}

/** The claims of a token, with what is wrong with them. */
function spoiled(
  claims: JWTPayload,
  { fault, issuer, audience }: { fault: TokenFault; issuer: string; audience: string },
): JWTPayload {
  const agoSeconds = fault === "expired" ? hourSeconds * 2 : 0;
  const iat = Math.floor(Date.now() / 1000) - agoSeconds;
  const whole = { iss: issuer, aud: audience, iat, exp: iat + hourSeconds, ...claims };
  const { sub: _, ...without } = whole;
  const wrong: Partial<Record<TokenFault, JWTPayload>> = {
    other_issuer: { ...whole, iss: "https://evil.example" },
    other_audience: { ...whole, aud: "somebody-else" },
    other_party: { ...whole, azp: "somebody-else" },
    other_nonce: { ...whole, nonce: "of another sign-in" },
    no_subject: without,
  };
  return wrong[fault] ?? whole;
}

/** An OpenID Connect issuer that signs whoever it is told to: discovery, keys, codes that work once and need PKCE. */
export async function startOidcIssuer(): Promise<FakeIssuer> {
  const codes = new Map<string, Granted>();
  const state = { url: "", tokenFault: "none" as TokenFault, callFault: "none" as CallFault, keyCalls: 0, made: 1 };
  const client = { clientId: "orderwell", clientSecret: "a secret with : and %" };
  let signer = await newSigner(0);

  async function sign(claims: JWTPayload): Promise<string> {
    const { tokenFault } = state;
    const whole = spoiled(claims, { fault: tokenFault, issuer: state.url, audience: client.clientId });
    if (tokenFault === "unsigned") return new UnsecuredJWT(whole).encode();
    if (tokenFault === "shared_secret") {
      const secret = new TextEncoder().encode(client.clientSecret);
      return new SignJWT(whole).setProtectedHeader({ alg: "HS256", kid: signer.kid }).sign(secret);
    }
    const key = tokenFault === "stranger_key" ? (await newSigner(0)).privateKey : signer.privateKey;
    return new SignJWT(whole).setProtectedHeader({ alg: "ES256", kid: signer.kid }).sign(key);
  }

  async function redeem(request: IncomingMessage): Promise<{ status: number; body: object }> {
    const form = new URLSearchParams(await text(request));
    const granted = codes.get(form.get("code") ?? "");
    codes.delete(form.get("code") ?? "");
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    const basic = Buffer.from((request.headers.authorization ?? "").replace(/^Basic /, ""), "base64").toString();
    const [id = "", secret = ""] = basic.split(":").map(decodeURIComponent);
    const known = id === client.clientId && secret === client.clientSecret;
    if (!granted || !known || granted.challenge !== challenge || granted.redirectUri !== form.get("redirect_uri")) {
      return { status: 400, body: { error: "invalid_grant" } };
    }
    const { claims, nonce } = granted;
    return {
      status: 200,
      body: { token_type: "Bearer", access_token: "opaque", id_token: await sign({ ...claims, nonce }) },
    };
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const send = (status: number, body: object) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (state.callFault === "drop") return void response.destroy();
    if (state.callFault === "crash") return void send(500, {});
    if (state.callFault === "not_json") return void response.end("<html>");
    switch (request.url) {
      case "/.well-known/openid-configuration":
        return void send(200, {
          issuer: state.callFault === "other_issuer" ? "https://evil.example" : state.url,
          authorization_endpoint: `${state.url}/authorize`,
          token_endpoint: `${state.url}/token`,
          jwks_uri: `${state.url}/keys`,
        });
      case "/keys":
        state.keyCalls += 1;
        return void send(200, { keys: [signer.jwk] });
      case "/token": {
        const { status, body } = await redeem(request);
        return void send(status, body);
      }
      default:
        return void send(404, {});
    }
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    ...client,
    get url() {
      return state.url;
    },
    get keyCalls() {
      return state.keyCalls;
    },
    get tokenFault() {
      return state.tokenFault;
    },
    set tokenFault(fault) {
      state.tokenFault = fault;
    },
    get callFault() {
      return state.callFault;
    },
    set callFault(fault) {
      state.callFault = fault;
    },
    authorize(location, claims) {
      const asked = new URL(location).searchParams;
      const code = `code-${codes.size}-${Math.random()}`;
      codes.set(code, {
        claims,
        nonce: asked.get("nonce") ?? "",
        challenge: asked.get("code_challenge") ?? "",
        redirectUri: asked.get("redirect_uri") ?? "",
      });
      const back = new URL(asked.get("redirect_uri") ?? "");
      back.searchParams.set("code", code);
      back.searchParams.set("state", asked.get("state") ?? "");
      back.searchParams.set("session_state", "of the issuer");
      return back;
    },
    accessToken: sign,
    async rotate() {
      signer = await newSigner(state.made);
      state.made += 1;
    },
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
