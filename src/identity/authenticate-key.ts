import { timingSafeEqual } from "node:crypto";
import type { Principal } from "../http/principal.ts";
import type { Sql } from "../platform/db.ts";
import { findLiveKey } from "./api-key-queries.ts";
import { hashOf } from "./create-api-key.ts";
import { prefixOf } from "./key.ts";

/**
 * Answers who presents the key; undefined when it is not one of ours, is revoked, or its secret is wrong.
 * The hashes are compared in constant time, so that their first wrong character does not show.
 */
export async function authenticateKey(sql: Sql, presented: string): Promise<Principal | undefined> {
  const prefix = prefixOf(presented);
  if (prefix === undefined) return undefined;
  const key = await findLiveKey(sql, { prefix });
  if (!key) return undefined;
  const same = timingSafeEqual(Buffer.from(hashOf(presented), "hex"), Buffer.from(key.secretHash, "hex"));
  return same ? { id: key.keyId, name: key.name, scopes: key.scopes } : undefined;
}
