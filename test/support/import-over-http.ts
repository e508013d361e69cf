import assert from "node:assert/strict";
import type { ImportOptions } from "../../src/imports/import-options.ts";
import { eventually } from "./eventually.ts";
import type { ServingProcess } from "./serve.ts";

/** An import as the API shows it, as far as tests look at it. */
export interface ShownImport {
  readonly id: string;
  readonly status: string;
  readonly stage: string | null;
  readonly orders: Readonly<Record<string, number>>;
  readonly rows: Readonly<Record<string, number>>;
  readonly failure: { readonly code: string; readonly detail: string } | null;
}

/** What is uploaded. */
export interface UploadedFile {
  readonly content: string | Uint8Array<ArrayBuffer> | Blob;
  readonly name?: string;
  readonly options?: Partial<ImportOptions>;
}

/** Uploads a file; fails unless it is taken. */
export async function uploadFile(
  { address, apiKey }: ServingProcess,
  { content, name = "orders.csv", options = {} }: UploadedFile,
): Promise<ShownImport> {
  const form = new FormData();
  form.append("options", JSON.stringify(options));
  form.append("file", content instanceof Blob ? content : new Blob([content]), name);
  const headers = { authorization: `Bearer ${apiKey}` };
  const response = await fetch(`${address}/api/v2/imports`, { method: "POST", headers, body: form });
  const text = await response.text();
  assert.ok(response.ok, text);
  return JSON.parse(text) as ShownImport;
}

/** What the API answers to a question that succeeds. */
export async function read<Body>(server: ServingProcess, path: string): Promise<Body> {
  const answer = await server.send("GET", `/api/v2/${path}`);
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text) as Body;
}

const overStatuses = new Set(["completed", "completed_with_errors", "cancelled", "failed"]);

/** Waits until an import has come to its end. */
export async function untilEnded(server: ServingProcess, { id }: Pick<ShownImport, "id">): Promise<ShownImport> {
  let shown: ShownImport | undefined;
  await eventually(`import ${id} is over`, async () => {
    shown = await read<ShownImport>(server, `imports/${id}`);
    return overStatuses.has(shown.status);
  });
  return shown as ShownImport;
}

/** Uploads a file that starts by itself, and waits until its import is over. */
export async function importFile(server: ServingProcess, file: UploadedFile): Promise<ShownImport> {
  const options = { ...file.options, auto_start: true };
  return untilEnded(server, await uploadFile(server, { ...file, options }));
}
