import { once } from "node:events";
import { connect } from "node:net";
import { httpRequest, onAnswers } from "./load-http.ts";

/** An answer as a shopper's browser hears it. */
export interface Heard {
  readonly status: number;
  /** The head as it came. */
  readonly head: string;
  /** The body, if it is JSON. */
  body<Shape>(): Shape;
}

/** One connection on which requests follow each other, with the cookies that it was given. */
export interface Caller {
  call(method: string, path: string, body?: object): Promise<Heard>;
  close(): void;
}

const statusAt = "HTTP/1.1 ".length;

/** Opens a connection over a raw socket, since a client library would take as much of the two cores as the server does. */
export async function openCaller(port: number): Promise<Caller> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let waiting: PromiseWithResolvers<string> | undefined;
  let cookies = "";
  onAnswers(socket, (answer) => waiting?.resolve(answer));
  socket.on("error", (error) => waiting?.reject(error));
  await once(socket, "connect");
  return {
    async call(method, path, body) {
      waiting = Promise.withResolvers<string>();
      const headers: Record<string, string> = cookies === "" ? {} : { cookie: cookies };
      socket.write(httpRequest(method, path, headers, body === undefined ? "" : JSON.stringify(body)));
      const answer = await waiting.promise;
      const headEnd = answer.indexOf("\r\n\r\n");
      const head = answer.slice(0, headEnd);
      const [, set] = /^set-cookie: ([^;\r\n]+)/im.exec(head) ?? [];
      if (set !== undefined) cookies = set;
      const status = Number(answer.slice(statusAt, statusAt + 3));
      return { status, head, body: <Shape>() => JSON.parse(answer.slice(headEnd + 4)) as Shape };
    },
    close: () => socket.destroy(),
  };
}
