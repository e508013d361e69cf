import { hash, randomBytes } from "node:crypto";
import { type Doer, recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { randomToken, uuidV7 } from "../platform/ids.ts";
import { insertApiKey } from "./api-key-queries.ts";
import { keyUnusable } from "./identity-errors.ts";
import { writeKey } from "./key.ts";
import { parseScopes } from "./scope.ts";

export interface CreatedKey {
  readonly keyId: string;
  readonly prefix: string;
  /** The whole key. It is nowhere else: shown once, or lost. */
  readonly secret: string;
}

const prefixBytes = 5; // Told apart by eye, and unique among a million keys; the constraint catches the rest.
const secretBytes = 32; // As many as the hash has: nothing shorter is gained by guessing.
const longestName = 100;
const control = /\p{Cc}/u;

/**
 * The hash under which a key is kept. A fast one is right: 256 random bits cannot be searched for, whatever a try costs,
 * and every request pays for it.
 */
export function hashOf(secret: string): string {
  return hash("sha256", secret, "hex");
}

/**
 * Makes a key that may do what its scopes say, and answers it whole, this once. Who made it is kept in the audit.
 *
 * The secret is drawn here. When the transaction runs again another is drawn, and only the committed one is answered.
 * @throws identity.key_unusable, identity.scope_unknown
 */
export async function createApiKey(
  tx: Tx,
  { name, scopes, by }: { name: string; scopes: readonly string[]; by: Doer },
  now: Date,
): Promise<CreatedKey> {
  if (name.trim() === "" || name.length > longestName || control.test(name) || !name.isWellFormed()) {
    throw keyUnusable({ wrong: `its name must be 1 to ${longestName} characters, none of them a control character` });
  }
  if (scopes.length === 0) throw keyUnusable({ wrong: "it needs at least one scope" });
  const parsed = parseScopes(scopes);
  const prefix = randomBytes(prefixBytes).toString("hex");
  const secret = writeKey(prefix, randomToken(secretBytes));
  const keyId = uuidV7(now);
  await insertApiKey(tx, { keyId, name, prefix, secretHash: hashOf(secret), scopes: parsed, now });
  const detail = { name, prefix, scopes: parsed };
  await recordAction(tx, { by, action: "key.created", subject: `key/${keyId}`, detail }, now);
  return { keyId, prefix, secret };
}
