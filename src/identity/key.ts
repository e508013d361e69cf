/** An API key as it is kept: what it may do, never its secret. */
export interface ApiKey {
  readonly keyId: string;
  readonly name: string;
  /** The visible part, by which people tell keys apart. */
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

/** An API key as its owner presents it: `ow_<prefix>_<secret>`; the form lets secret scanners find it in the wrong place. */
export const keyPattern = /^ow_([0-9a-f]{10})_[A-Za-z0-9_-]{43}$/;

export function writeKey(prefix: string, secret: string): string {
  return `ow_${prefix}_${secret}`;
}

/** The prefix of what looks like a key of ours; undefined for anything else, so that nonsense is never looked up. */
export function prefixOf(presented: string): string | undefined {
  return keyPattern.exec(presented)?.[1];
}
