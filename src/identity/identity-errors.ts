import { refusal } from "../platform/errors.ts";

export const scopeUnknown = refusal<{ scope: string; known: readonly string[] }>(
  "identity.scope_unknown",
  "invalid",
  ({ scope, known }) => `"${scope}" is not a scope; there are ${known.join(", ")}.`,
);

export const keyUnusable = refusal<{ wrong: string }>(
  "identity.key_unusable",
  "invalid",
  ({ wrong }) => `The key cannot be made: ${wrong}.`,
);

export const keyNotFound = refusal<{ key: string }>(
  "identity.key_not_found",
  "not-found",
  ({ key }) => `There is no API key ${key}.`,
);

export const shopperMerged = refusal<Record<string, never>>(
  "identity.shopper_merged",
  "conflict",
  () => "This visitor has signed in elsewhere: what was in the cart is the user's now. Sign in to go on.",
);

type Nothing = Record<string, never>;

export const credentialsWrong = refusal<Nothing>(
  "identity.credentials_wrong",
  "unauthorized",
  () => "No account has this address and this password.",
);

export const emailUnverified = refusal<Nothing>(
  "identity.email_unverified",
  "forbidden",
  () => "The address is not proved yet: open the link in the mail that was just sent again.",
);

export const linkInvalid = refusal<Nothing>(
  "identity.link_invalid",
  "invalid",
  () => "This link was used, is too old, or was never one of ours. Ask for another.",
);

export const passwordWrong = refusal<Nothing>(
  "identity.password_wrong",
  "invalid",
  () => "This is not the present password.",
);

export const tooManyAttempts = refusal<Nothing>(
  "identity.too_many_attempts",
  "too-many",
  () => "Too many tries came from this address or for this account.",
);

export const signInBusy = refusal<Nothing>(
  "identity.busy",
  "unavailable",
  () => "More people sign in just now than can be served at once.",
);

export const emailTaken = refusal<Nothing>(
  "identity.email_taken",
  "conflict",
  () => "There is an account with this address already.",
);

export const signUpFailed = refusal<Nothing>(
  "identity.sign_up_failed",
  "unavailable",
  () => "The account could not be written down just now.",
);
