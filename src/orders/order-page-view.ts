import { readFileSync } from "node:fs";
import { pageHeaders } from "../http/safe-headers.ts";

const folder = new URL("../../web/order/", import.meta.url);

/** The page of an order: files that are served as they are; the order itself they ask for. */
export const orderPageFiles = [
  { path: "/orders/:id", file: "order.html", type: "text/html; charset=utf-8" },
  { path: "/orders/order.css", file: "order.css", type: "text/css; charset=utf-8" },
  { path: "/orders/order.js", file: "order.js", type: "text/javascript; charset=utf-8" },
].map(({ path, file, type }) => ({ path, type, text: readFileSync(new URL(file, folder), "utf8") }));

export const orderPageHeaders = {
  ...pageHeaders,
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'",
  "cache-control": "no-cache",
};
