import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Server } from "./start-server.ts";

const boundary = "orderwell-bench";
const pollMs = 20;

/** What the server says of an import, as far as it matters here. */
export interface ImportAnswer {
  readonly id: string;
  readonly status: string;
  readonly [name: string]: unknown;
}

const over = ["completed", "completed_with_errors", "cancelled", "failed"];

async function jsonOf(answer: IncomingMessage): Promise<ImportAnswer> {
  let text = "";
  for await (const chunk of answer.setEncoding("utf8")) text += chunk;
  if ((answer.statusCode ?? 0) >= 300) throw new Error(`The server answered ${answer.statusCode}: ${text}`);
  return JSON.parse(text) as ImportAnswer;
}

/** Uploads a file as a browser does, streaming it from the disk, and answers the import that was made of it. */
export async function uploadFile(server: Server, path: string, options: object): Promise<ImportAnswer> {
  const head =
    `--${boundary}\r\ncontent-disposition: form-data; name="options"\r\ncontent-type: application/json\r\n\r\n` +
    `${JSON.stringify(options)}\r\n--${boundary}\r\n` +
    `content-disposition: form-data; name="file"; filename="${basename(path)}"\r\ncontent-type: text/csv\r\n\r\n`;
  const tail = `\r\n--${boundary}--\r\n`;
  const length = Buffer.byteLength(head) + (await stat(path)).size + Buffer.byteLength(tail);
  const upload = request({
    host: "127.0.0.1",
    port: server.port,
    path: "/api/v2/imports",
    method: "POST",
    headers: {
      authorization: `Bearer ${server.apiKey}`,
      "content-type": `multipart/form-data; boundary=${boundary}`,
      "content-length": length,
    },
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    upload.once("response", resolve);
    upload.once("error", reject);
  });
  upload.write(head);
  await pipeline(createReadStream(path, { highWaterMark: 1 << 18 }), upload, { end: false });
  upload.end(tail);
  return jsonOf(await answered);
}

async function ask(server: Server, method: string, path: string): Promise<ImportAnswer> {
  const answer = await fetch(`http://127.0.0.1:${server.port}/api/v2/imports/${path}`, {
    method,
    headers: { authorization: `Bearer ${server.apiKey}` },
  });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as ImportAnswer;
}

export function readImport(server: Server, id: string): Promise<ImportAnswer> {
  return ask(server, "GET", id);
}

export function cancelImport(server: Server, id: string): Promise<ImportAnswer> {
  return ask(server, "POST", `${id}/cancel`);
}

/** Waits until nothing more happens to an import, or so long; answers how it stands. */
export async function waitForImport(server: Server, id: string, longestMs: number): Promise<ImportAnswer> {
  const until = performance.now() + longestMs;
  for (;;) {
    const found = await readImport(server, id);
    if (over.includes(found.status) || performance.now() > until) return found;
    await sleep(pollMs);
  }
}
