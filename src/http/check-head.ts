import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import { expectationFailed, headersTooLarge, hostInvalid } from "./http-errors.ts";
import { problemView } from "./problem-view.ts";

const mostHeaders = 100; // Twice what any client behind any chain of proxies sends. Node drops those beyond 2,000 in silence.

/** Source: RFC 3986, section 3.2.2 and 3.2.3, without what nobody's name has. An empty one is allowed. */
const host = /^[\w.\-~%:[\]]*$/;

/** Whoever stands in front may take another Host than we do when there are two, or none. */
function hasOneHost({ headers, httpVersion, rawHeaders }: IncomingMessage): boolean {
  let times = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length === "host".length && name.toLowerCase() === "host") times += 1;
  }
  if (times === 0) return httpVersion === "1.0";
  return times === 1 && host.test(headers.host ?? "");
}

/** Refuses, in our own words, what of a request's head is wrong before anybody asks what it wants. */
export function checkHeads(app: FastifyInstance, headers: Readonly<Record<string, string>>): void {
  app.addHook("onRequest", ({ raw }, _reply, done) => {
    if (raw.rawHeaders.length > 2 * mostHeaders) throw headersTooLarge({});
    if (!hasOneHost(raw)) throw hostInvalid({});
    done();
  });
  // Node asks here about every expectation that is not `100-continue`, and would answer without a word.
  app.server.on("checkExpectation", (_request: IncomingMessage, response: ServerResponse) => {
    const problem = problemView(expectationFailed({}), {});
    const ends = { "content-length": Buffer.byteLength(problem.body), connection: "close" };
    response.writeHead(problem.status, { ...headers, ...problem.headers, ...ends }).end(problem.body);
  });
}
