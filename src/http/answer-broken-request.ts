import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { ConnectionError } from "fastify";
import type { Refusal } from "../platform/errors.ts";
import { headersTooLarge, malformedRequest, requestTimedOut } from "./http-errors.ts";
import { problemView } from "./problem-view.ts";

function refusalOf({ code }: ConnectionError): Refusal {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return requestTimedOut({});
  return code === "HPE_HEADER_OVERFLOW" ? headersTooLarge({}) : malformedRequest({});
}

/** An answer that the parser's error belongs to may have begun already: then there is no room for another one. */
function hasBegun(socket: Socket): boolean {
  const { _httpMessage: answer } = socket as Socket & { _httpMessage?: { headersSent: boolean } };
  return answer?.headersSent === true;
}

/** Answers what is not HTTP, too large in its head or too slow with a problem document, and ends the connection. */
export function answerBrokenRequest(error: ConnectionError, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable || hasBegun(socket)) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = problemView(refusalOf(error), {});
  const head = Object.entries({ ...headers, "content-length": Buffer.byteLength(body), connection: "close" });
  const lines = head.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines}\r\n${body}`);
  // A client that never reads would keep the half-closed socket open.
  socket.destroySoon();
}
