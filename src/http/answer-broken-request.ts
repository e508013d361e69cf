import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { ConnectionError } from "fastify";
import type { Refusal } from "../platform/errors.ts";
import { headersTooLarge, malformedRequest, requestTimedOut } from "./http-errors.ts";
import { problemView } from "./problem-view.ts";

type Answer = ServerResponse<IncomingMessage>;

function refusalOf({ code }: ConnectionError): Refusal {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return requestTimedOut({});
  return code === "HPE_HEADER_OVERFLOW" ? headersTooLarge({}) : malformedRequest({});
}

/** The answer that a connection is waiting for, if any; requests sent after it have theirs behind it. */
function answerUnderWay(socket: Socket): Answer | null {
  return (socket as Socket & { _httpMessage?: Answer | null })._httpMessage ?? null;
}

/** Runs once no request that arrived whole is without its answer: what is broken came after them. */
function afterAnswers(socket: Socket, then: () => void): void {
  const answer = answerUnderWay(socket);
  if (!answer?.req.complete) then();
  // The next answer takes the connection when this one lets it go.
  else answer.once("close", () => setImmediate(() => afterAnswers(socket, then)));
}

function write(socket: Socket, refusal: Refusal): void {
  // An answer that the broken request belongs to may have begun already: then there is no room for another one.
  if (!socket.writable || answerUnderWay(socket)?.headersSent) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = problemView(refusal, {});
  const head = Object.entries({ ...headers, "content-length": Buffer.byteLength(body), connection: "close" });
  const lines = head.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines}\r\n${body}`);
  // A client that never reads would keep the half-closed socket open.
  socket.destroySoon();
}

const given = new WeakSet<Socket>();

/**
 * Answers what is not HTTP, too large in its head or too slow with a problem document, and ends the connection. Requests
 * that arrived before it on the same connection get their own answers first.
 */
export function answerBrokenRequest(error: ConnectionError, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  // What follows on broken bytes is broken too, and says so with each packet.
  if (given.has(socket)) return;
  given.add(socket);
  afterAnswers(socket, () => write(socket, refusalOf(error)));
}
