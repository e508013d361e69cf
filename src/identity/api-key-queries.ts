import { change, many, maybeOne, type Sql, type Tx } from "../platform/db.ts";
import type { ApiKey } from "./key.ts";

export const insertApiKey = change<
  Tx,
  { keyId: string; name: string; prefix: string; secretHash: string; scopes: string[]; now: Date }
>(
  "identity.insert_api_key",
  `
  insert into identity.api_keys (key_id, name, prefix, secret_hash, scopes, created_at)
  values (:keyId::uuid, :name, :prefix, :secretHash, :scopes::text[], :now)`,
);

/** The keys, newest first. */
export const listApiKeys = many<Sql, { limit: number }, ApiKey>(
  "identity.list_api_keys",
  `
  select key_id, name, prefix, scopes, created_at, revoked_at
    from identity.api_keys
   order by key_id desc
   limit :limit`,
);

/** A page of them, below an id. */
export const listApiKeysBefore = many<Sql, { before: string; limit: number }, ApiKey>(
  "identity.list_api_keys_before",
  `
  select key_id, name, prefix, scopes, created_at, revoked_at
    from identity.api_keys
   where key_id < :before::uuid
   order by key_id desc
   limit :limit`,
);

/** A key by its id or its prefix. */
export const findApiKey = maybeOne<Sql, { key: string }, ApiKey>(
  "identity.find_api_key",
  `
  select key_id, name, prefix, scopes, created_at, revoked_at
    from identity.api_keys
   where key_id::text = :key or prefix = :key`,
);

/** Marks a key as revoked, by its id or its prefix; one that is revoked already keeps its time and is not answered. */
export const setApiKeyRevoked = maybeOne<Tx, { key: string; now: Date }, ApiKey>(
  "identity.set_api_key_revoked",
  `
  update identity.api_keys
     set revoked_at = :now
   where (key_id::text = :key or prefix = :key) and revoked_at is null
  returning key_id, name, prefix, scopes, created_at, revoked_at`,
);

/** A key that is not revoked, with the hash of its secret. */
export const findLiveKey = maybeOne<
  Sql,
  { prefix: string },
  { keyId: string; name: string; scopes: string[]; secretHash: string }
>(
  "identity.find_live_key",
  `
  select key_id, name, scopes, secret_hash
    from identity.api_keys
   where prefix = :prefix and revoked_at is null`,
);
