import type { IncomingHttpHeaders } from "node:http";
import { signInNeeded } from "../http/http-errors.ts";
import type { Accounts, Asker } from "./open-accounts.ts";
import type { Session } from "./session.ts";

interface Asking {
  /** As the server knows it: a forwarded address counts only from a proxy that is trusted. */
  readonly ip: string;
  readonly headers: IncomingHttpHeaders;
}

const languageTag = /^[a-z]{2,3}(-[a-z0-9]{1,8}){0,3}$/i;

/** Where a request comes from, and the language that is liked most: letters are written in it. */
export function askerOf({ ip, headers }: Asking): Asker {
  const [first = ""] = (headers["accept-language"] ?? "").split(/[,;]/, 1);
  const tag = first.trim();
  return {
    origin: { address: ip, agent: headers["user-agent"] ?? "" },
    locale: languageTag.test(tag) ? tag : "en",
  };
}

/**
 * The session of a request, with its token: it may have ended since the request was let in.
 * @throws http.sign_in_needed
 */
export async function getSession(
  { sessions }: Pick<Accounts, "sessions">,
  { headers }: Asking,
): Promise<{ session: Session; token: string }> {
  const session = await sessions.find(headers);
  const token = sessions.tokenOf(headers);
  if (!session || token === undefined) throw signInNeeded({});
  return { session, token };
}
