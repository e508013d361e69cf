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
