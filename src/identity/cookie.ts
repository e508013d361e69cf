/** The headers of a request, as far as cookies need them. */
export interface CookieHeaders {
  readonly cookie?: string | undefined;
}

export interface CookieOptions {
  /** Whether cookies travel by TLS alone. */
  readonly secure: boolean;
}

/** The value of a cookie; the first one when a name comes twice, as servers have it. */
export function cookieOf(headers: CookieHeaders, name: string): string | undefined {
  for (const pair of (headers.cookie ?? "").split(";")) {
    const split = pair.indexOf("=");
    if (split > 0 && pair.slice(0, split).trim() === name) return pair.slice(split + 1).trim();
  }
  return undefined;
}

/** A cookie that scripts cannot read and other sites' writes do not bring. */
export function writeCookie(
  name: string,
  value: string,
  age: CookieOptions & { readonly maxAgeSeconds: number },
): string {
  const secure = age.secure ? "; Secure" : "";
  return `${name}=${value}; Path=/; Max-Age=${age.maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`;
}

/** Takes a cookie away. */
export function clearCookie(name: string, options: CookieOptions): string {
  return writeCookie(name, "", { ...options, maxAgeSeconds: 0 });
}
