import { type Doer, recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { findApiKey, setApiKeyRevoked } from "./api-key-queries.ts";
import { keyNotFound } from "./identity-errors.ts";
import type { ApiKey } from "./key.ts";

/**
 * Revokes a key, named by its id or its prefix. Every process refuses it a second later at most, and the audit has
 * who revoked it. A second call changes nothing.
 * @throws identity.key_not_found
 */
export async function revokeApiKey(tx: Tx, { key, by }: { key: string; by: Doer }, now: Date): Promise<ApiKey> {
  const revoked = await setApiKeyRevoked(tx, { key, now });
  if (revoked) {
    const { keyId, name, prefix } = revoked;
    await recordAction(tx, { by, action: "key.revoked", subject: `key/${keyId}`, detail: { name, prefix } }, now);
    return revoked;
  }
  const before = await findApiKey(tx, { key });
  if (!before) throw keyNotFound({ key });
  return before;
}
