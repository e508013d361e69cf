type Headers = Readonly<Record<string, string>>;

/** What every answer says to browsers and caches, unless its route says something else. */
const everywhere = {
  "x-content-type-options": "nosniff",
  "cache-control": "private, no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};

/** What a page for people says besides, and whatever it loads: it is in nobody's frame, and nobody hears where it leads. */
export const pageHeaders: Headers = {
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** The headers of every answer; with an age in seconds, also that browsers shall come by TLS alone from now on. */
export function safeHeaders(hstsSeconds: number): Headers {
  return hstsSeconds === 0 ? everywhere : { ...everywhere, "strict-transport-security": `max-age=${hstsSeconds}` };
}
