/** The `Link` header of a page that is cut by offset. Source: RFC 8288. */
export function pageLinks(path: string, page: { skip: number; limit: number }, total: bigint): string {
  const { skip, limit } = page;
  const links: string[] = [];
  const link = (to: number, rel: string) => links.push(`<${path}?skip=${to}&limit=${limit}>; rel="${rel}"`);
  if (skip > 0) {
    link(0, "first");
    link(Math.max(0, skip - limit), "prev");
  }
  if (BigInt(skip + limit) < total) link(skip + limit, "next");
  return links.join(", ");
}
