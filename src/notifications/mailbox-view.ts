import { readFileSync } from "node:fs";
import { pageHeaders } from "../http/safe-headers.ts";

const folder = new URL("../../web/mailbox/", import.meta.url);

/** The page of the embedded mailbox: files that are served as they are. */
export const mailboxFiles = [
  { path: "/mails", file: "mailbox.html", type: "text/html; charset=utf-8" },
  { path: "/mails/mailbox.css", file: "mailbox.css", type: "text/css; charset=utf-8" },
  { path: "/mails/mailbox.js", file: "mailbox.js", type: "text/javascript; charset=utf-8" },
].map(({ path, file, type }) => ({
  path,
  type,
  text: readFileSync(new URL(file, folder), "utf8"),
}));

// Letters stand in a sandboxed frame that inherits this policy: their style attributes are allowed, nothing is loaded.
export const mailboxHeaders = {
  ...pageHeaders,
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cache-control": "no-cache",
};
