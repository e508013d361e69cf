import type { Tx } from "../platform/db.ts";
import { setApiKeyRevoked } from "./api-key-queries.ts";
import { keyNotFound } from "./identity-errors.ts";
import type { ApiKey } from "./key.ts";

/**
 * Revokes a key, named by its id or its prefix. Every process refuses it a second later at most.
 * A second call changes nothing.
 * @throws identity.key_not_found
 */
export async function revokeApiKey(tx: Tx, { key }: { key: string }, now: Date): Promise<ApiKey> {
  const revoked = await setApiKeyRevoked(tx, { key, now });
  if (!revoked) throw keyNotFound({ key });
  return revoked;
}
