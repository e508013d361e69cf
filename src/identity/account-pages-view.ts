import { readFileSync } from "node:fs";
import { pageHeaders } from "../http/safe-headers.ts";

const folder = new URL("../../web/account/", import.meta.url);

const html = "text/html; charset=utf-8";

/** The pages of accounts: files that are served as they are. What a link opens stands behind its `#`, which nobody is sent. */
export const accountFiles = [
  { path: "/setup", file: "setup.html", type: html },
  { path: "/sign-in", file: "sign-in.html", type: html },
  { path: "/account/verify", file: "verify.html", type: html },
  { path: "/account/reset", file: "reset.html", type: html },
  { path: "/account/invitation", file: "invitation.html", type: html },
  { path: "/account/account.css", file: "account.css", type: "text/css; charset=utf-8" },
  { path: "/account/account.js", file: "account.js", type: "text/javascript; charset=utf-8" },
].map(({ path, file, type }) => ({ path, type, text: readFileSync(new URL(file, folder), "utf8") }));

export const accountHeaders = {
  ...pageHeaders,
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cache-control": "no-cache",
};
