import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A request of one client. */
export interface TogetherRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Becomes JSON. */
  readonly body?: unknown;
}

export interface TogetherAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

function bytesOf({ method, path, headers = {}, body }: TogetherRequest): Buffer {
  const text = body === undefined ? "" : JSON.stringify(body);
  const all = {
    host: "shop.test",
    connection: "close",
    ...(text === "" ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
    ...headers,
  };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${head.join("")}\r\n${text}`);
}

async function hear(socket: Socket): Promise<TogetherAnswer> {
  const pieces: Buffer[] = [];
  socket.on("data", (piece) => pieces.push(piece));
  await once(socket, "close");
  const text = Buffer.concat(pieces).toString();
  const [head = "", ...body] = text.split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return { status: Number(first.split(" ")[1]), headers: new Map(headers), text: body.join("\r\n\r\n") };
}

/**
 * Sends each request over a connection of its own: all but the last byte of each first, and when every one of them is
 * there, the last bytes together. Answers what each client heard, in their order.
 */
export async function sendTogether(address: string, requests: readonly TogetherRequest[]): Promise<TogetherAnswer[]> {
  const { hostname, port } = new URL(address);
  const clients = await Promise.all(
    requests.map(async (request) => {
      const bytes = bytesOf(request);
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      await once(socket, "connect");
      await new Promise((sent) => socket.write(bytes.subarray(0, -1), sent));
      return { socket, last: bytes.subarray(-1), heard: hear(socket) };
    }),
  );
  for (const { socket, last } of clients) socket.write(last);
  return Promise.all(clients.map(({ heard }) => heard));
}
