import { hash, timingSafeEqual } from "node:crypto";
import type { SignInState } from "./issuer.ts";
import { sealText, unsealText } from "./seal-text.ts";

const purpose = "oidc state";

export function writeState(state: SignInState, secret: string): string {
  return sealText(JSON.stringify(state), purpose, secret);
}

/** The state of a cookie that we sealed, for the sign-in that comes back; undefined when it is another one, or too old. */
export function readState(
  cookie: string,
  returned: string,
  own: { secret: string; now: Date },
): SignInState | undefined {
  const text = unsealText(cookie, purpose, own.secret);
  if (text === undefined) return undefined;
  const state = JSON.parse(text) as SignInState;
  const same = timingSafeEqual(hash("sha256", state.state, "buffer"), hash("sha256", returned, "buffer"));
  return same && state.expiresAtMs > own.now.getTime() ? state : undefined;
}
