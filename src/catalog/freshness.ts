const freshSeconds = 10;
/** So long a cache may answer with what it has while it asks for what is new. */
const staleSeconds = 50;
const secondMs = 1_000;
const unlimited = `public, max-age=${freshSeconds}, stale-while-revalidate=${staleSeconds}`;

/** What caches are told of a page: never to keep it beyond the moment at which it will be wrong, if that is known. */
export function cacheControl(until: Date | null, now: Date): string {
  if (until === null) return unlimited;
  const leftSeconds = Math.max(0, Math.floor((until.getTime() - now.getTime()) / secondMs));
  const fresh = Math.min(freshSeconds, leftSeconds);
  const stale = Math.min(staleSeconds, leftSeconds - fresh);
  return `public, max-age=${fresh}, stale-while-revalidate=${stale}`;
}
