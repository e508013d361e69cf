import type { Send } from "./retry-requests.ts";

/** The cookies that a program keeps as a browser does, by name. */
export type Cookies = Map<string, string>;

function keep(cookies: Cookies, line: string): void {
  const [pair = "", ...attributes] = line.split(";");
  const at = pair.indexOf("=");
  const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
  const isOver = attributes.some((attribute) => /^\s*max-age=(0|-\d+)\s*$/i.test(attribute));
  if (value === "" || isOver) cookies.delete(name);
  else cookies.set(name, value);
}

/** Sends cookies with each request, and takes in what answers set. In browsers, which do so themselves, nothing comes of it. */
export function keepCookies(send: Send, cookies: Cookies): Send {
  return async (request, init) => {
    const sent = new Request(request, init);
    if (cookies.size > 0)
      sent.headers.set("Cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const response = await send(sent);
    for (const line of response.headers.getSetCookie()) keep(cookies, line);
    return response;
  };
}
