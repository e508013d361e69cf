import type { Tx } from "../platform/db.ts";
import { findApiKey } from "./api-key-queries.ts";
import { assertCovers, type Decider } from "./change-staff.ts";
import { type CreatedKey, createApiKey } from "./create-api-key.ts";
import { keyNotFound } from "./identity-errors.ts";
import type { ApiKey } from "./key.ts";
import { revokeApiKey } from "./revoke-api-key.ts";

/**
 * Makes a key that may do no more than whoever makes it.
 * @throws identity.key_unusable, identity.scope_unknown, identity.beyond_yours
 */
export async function grantApiKey(
  tx: Tx,
  { name, scopes, decider }: { name: string; scopes: readonly string[]; decider: Decider },
  now: Date,
): Promise<ApiKey & CreatedKey> {
  assertCovers(decider, scopes);
  const created = await createApiKey(tx, { name, scopes, by: decider.by }, now);
  return { ...created, name, scopes: [...new Set(scopes)], createdAt: now, revokedAt: null };
}

/**
 * Revokes a key that may do no more than whoever revokes it. A second call changes nothing.
 * @throws identity.key_not_found, identity.beyond_yours
 */
export async function withdrawApiKey(
  tx: Tx,
  { key, decider }: { key: string; decider: Decider },
  now: Date,
): Promise<ApiKey> {
  const found = await findApiKey(tx, { key });
  if (!found) throw keyNotFound({ key });
  assertCovers(decider, found.scopes);
  return revokeApiKey(tx, { key: found.keyId, by: decider.by }, now);
}
