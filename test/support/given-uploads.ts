import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import type { FastifyPluginAsync } from "fastify";
import { runImport } from "../../src/imports/index.ts";
import type { BlobStore } from "../../src/platform/blob-store.ts";
import { type Clock, systemClock } from "../../src/platform/clock.ts";
import type { Db } from "../../src/platform/db.ts";
import { fileBlobStore } from "../../src/platform/file-blob-client.ts";
import { prepareJobs } from "../../src/platform/jobs.ts";
import { ask } from "./ask.ts";
import { testDatabase } from "./database.ts";
import { eventually } from "./eventually.ts";
import { testServer } from "./http-server.ts";

export const fileBytes = 100_000;
const authorization = "Bearer owner";

export interface ToldOfUpload {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown> & { id: string; errors: { pointer: string }[] };
}

export interface UploadSite {
  readonly db: Db;
  readonly blobs: BlobStore;
  readonly origin: string;
  readonly port: number;
  /** Sends a form, or JSON. */
  send(body: FormData | object, given?: { key?: string; query?: string }): Promise<ToldOfUpload>;
  imports(): Promise<number>;
  /** The paths of what is in the store, drafts too. */
  files(): Promise<string[]>;
  contents(): Promise<string[]>;
  /** Runs something that must leave no import and no file behind. */
  leavingNothing(work: () => Promise<void>): Promise<void>;
}

const folders: string[] = [];

after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

interface Ground {
  readonly db: Db;
  readonly clock: Clock;
  readonly blobs: BlobStore;
  readonly fileBytes: number;
  readonly uploads: number;
}

/** A server that takes files in, three at once and of a hundred kilobytes, and works on none. */
export async function givenUploadSite(routes: (ground: Ground) => FastifyPluginAsync): Promise<UploadSite> {
  const folder = await mkdtemp(join(tmpdir(), "orderwell-uploads-"));
  folders.push(folder);
  const blobs = fileBlobStore(folder);
  const { db } = await testDatabase();
  await prepareJobs(db, [runImport]);
  const ground = { db, clock: systemClock, blobs, fileBytes, uploads: 3 };
  const server = await testServer((app) => void app.register(routes(ground)));
  const { origin, port } = await server.listen();

  async function imports(): Promise<number> {
    const [row] = await ask<{ count: bigint }>(db, "select count(*) from imports.imports");
    return Number(row?.count);
  }

  async function files(): Promise<string[]> {
    const names = await readdir(folder, { recursive: true, withFileTypes: true });
    return names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  }

  return {
    db,
    blobs,
    origin,
    port,
    send: (body, given = {}) => send(origin, body, given),
    imports,
    files,
    contents: async () => Promise.all((await files()).map((path) => readFile(path, "utf8"))),
    async leavingNothing(work) {
      const count = await imports();
      const kept = (await files()).length;
      await work();
      assert.equal(await imports(), count);
      await eventually("no file is left", async () => (await files()).length === kept);
    },
  };
}

async function send(
  origin: string,
  body: FormData | object,
  { key, query = "" }: { key?: string; query?: string },
): Promise<ToldOfUpload> {
  const isForm = body instanceof FormData;
  const response = await fetch(`${origin}/api/v2/imports${query}`, {
    method: "POST",
    headers: {
      authorization,
      ...(isForm ? {} : { "content-type": "application/json" }),
      ...(key === undefined ? {} : { "idempotency-key": key }),
    },
    body: isForm ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as ToldOfUpload["body"] };
}

let made = 0;

/** Another file each time, since the same one has an import. */
export function uploadContent(): string {
  made += 1;
  return `Order,Email,Product,Qty,Price\nA-${made},ann@example.com,Mug,1,5.00\n`;
}

/** A form of fields, and of files where there is a name. */
export function uploadForm(parts: readonly (readonly [string, string, string?])[]): FormData {
  const form = new FormData();
  for (const [name, value, file] of parts) {
    if (file === undefined) form.append(name, value);
    else form.append(name, new Blob([value]), file);
  }
  return form;
}

/** The head of a request that uploads. */
export function uploadHead(type: string, length: number | "chunked"): string {
  const measure = length === "chunked" ? "Transfer-Encoding: chunked" : `Content-Length: ${length}`;
  const lines = ["POST /api/v2/imports HTTP/1.1", "Host: x", `Authorization: ${authorization}`, measure];
  return `${[...lines, `Content-Type: ${type}`, "Connection: close"].join("\r\n")}\r\n\r\n`;
}
