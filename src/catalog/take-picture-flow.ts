import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { bodyTooLarge, invalidInput } from "../http/http-errors.ts";
import type { UploadBody } from "../http/read-upload.ts";
import type { BlobStore } from "../platform/blob-store.ts";
import type { Refusal } from "../platform/errors.ts";
import { longestImageTitle, mostImageBytes, mostSortOrder } from "./image.ts";

/** What was sent to become an image, whole and not looked at. */
export interface TakenPicture {
  readonly content: Buffer;
  readonly contentHash: string;
  readonly title: string;
  readonly sortOrder: number | undefined;
}

/**
 * Reads a form with a picture in it.
 * @throws http.invalid_input, http.body_too_large
 */
export async function takeForm(body: UploadBody): Promise<TakenPicture> {
  let content: Buffer = Buffer.alloc(0);
  let title = "";
  let sortOrder: number | undefined;
  await body.read({
    file: async (_name, stream) => {
      content = await gather(stream);
    },
    fields: {
      title: (bytes) => {
        title = readTitle(bytes);
      },
      sort_order: (bytes) => {
        sortOrder = readSortOrder(bytes);
      },
    },
  });
  return taken(content, title, sortOrder);
}

/**
 * Reads a picture that the store of files has already.
 * @throws http.body_too_large
 */
export async function takeBlob(
  blobs: BlobStore,
  asked: { blob_key: string; title?: string; sort_order?: number },
): Promise<TakenPicture> {
  return taken(await gather(await blobs.read(asked.blob_key)), asked.title ?? "", asked.sort_order);
}

function taken(content: Buffer, title: string, sortOrder: number | undefined): TakenPicture {
  return { content, contentHash: hashOf(content), title, sortOrder };
}

/** What an image's content is known by. */
export function hashOf(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** @throws http.body_too_large */
async function gather(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > mostImageBytes) throw bodyTooLarge({ limitBytes: mostImageBytes });
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function faulty(field: string, detail: string): Refusal {
  return invalidInput({ what: "form" }, { faults: [{ pointer: `/${field}`, detail }] });
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function readTitle(bytes: Buffer): string {
  const title = textOf(bytes);
  if (title === undefined || /\p{Cc}/u.test(title)) throw faulty("title", "Must be text in UTF-8, on one line.");
  if (title.length > longestImageTitle) {
    throw faulty("title", `Must have at most ${longestImageTitle} characters.`);
  }
  return title;
}

function readSortOrder(bytes: Buffer): number {
  const text = textOf(bytes) ?? "";
  const order = /^\d{1,7}$/.test(text) ? Number(text) : mostSortOrder + 1;
  if (order > mostSortOrder) throw faulty("sort_order", `Must be a whole number from 0 to ${mostSortOrder}.`);
  return order;
}

function textOf(bytes: Buffer): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
