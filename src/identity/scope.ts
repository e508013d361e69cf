import { scopeUnknown } from "./identity-errors.ts";

/** Everything that a key may be allowed. `full` covers the others. */
export const scopes = [
  "full",
  "audit:read",
  "catalog:read",
  "catalog:write",
  "customers:read",
  "customers:write",
  "orders:read",
  "orders:write",
  "events:read",
  "imports:read",
  "imports:write",
  "jobs:read",
  "jobs:write",
  "mails:read",
  "mails:write",
  "metrics:read",
  "payments:sandbox",
  "payments:write",
  "staff:read",
  "staff:write",
  "tasks:read",
  "tasks:write",
] as const;

export type Scope = (typeof scopes)[number];

function isScope(word: string): word is Scope {
  return (scopes as readonly string[]).includes(word);
}

/**
 * Reads words as scopes, each once.
 * @throws identity.scope_unknown
 */
export function parseScopes(words: readonly string[]): Scope[] {
  const parsed = new Set<Scope>();
  for (const word of words) {
    if (!isScope(word)) throw scopeUnknown({ scope: word, known: scopes });
    parsed.add(word);
  }
  return [...parsed];
}
