import type { FastifyRequest } from "fastify";
import { crossSite } from "./http-errors.ts";

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);
const ownSites = new Set(["same-origin", "none"]);

/** Whether a page of this origin is ours. A request without a host, as HTTP/1.0 has them, tells of no page that it is. */
function isOwn(origin: string, host: string | undefined): boolean {
  return Boolean(host) && URL.canParse(origin) && new URL(origin).host === host;
}

/**
 * Refuses a write that a page of somebody else sends with our cookies. Browsers say where a write comes from; a program
 * that sends neither header holds its cookies itself.
 * Source: OWASP, Cross-Site Request Forgery Prevention, "Fetch Metadata" and "Verifying Origin".
 * @throws http.cross_site
 */
export function assertSameSite(request: FastifyRequest, trustedOrigins: readonly string[]): void {
  if (safeMethods.has(request.method)) return;
  const { origin, host } = request.headers;
  if (origin !== undefined) {
    if (trustedOrigins.includes(origin) || isOwn(origin, host)) return;
    throw crossSite({});
  }
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined && !ownSites.has(String(site))) throw crossSite({});
}
