import { refusal } from "../platform/errors.ts";

type Nothing = Record<string, never>;

export const oidcOff = refusal<Nothing>(
  "identity.oidc_off",
  "not-found",
  () => "No issuer is configured to sign in at.",
);

export const oidcRefused = refusal<{ why: string }>(
  "identity.oidc_refused",
  "forbidden",
  ({ why }) => `The sign-in at the issuer cannot be taken: ${why}. Begin again.`,
);

export const oidcEmailUnverified = refusal<Nothing>(
  "identity.oidc_email_unverified",
  "forbidden",
  () => "The issuer does not say that the address is yours, so it opens no account here.",
);

export const oidcUnavailable = refusal<Nothing>(
  "identity.oidc_unavailable",
  "unavailable",
  () => "The issuer gives no answer just now.",
);
