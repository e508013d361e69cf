import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, before, describe, test } from "node:test";
import sharp from "sharp";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { emptyZip, givenPixels, givenPng, pngThatClaims } from "../../test/support/given-pictures.ts";
import { givenShownProduct } from "../../test/support/given-shown.ts";
import { testServer } from "../../test/support/http-server.ts";
import type { BlobStore } from "../platform/blob-store.ts";
import { systemClock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { fileBlobStore } from "../platform/file-blob-client.ts";
import { uuidV7 } from "../platform/ids.ts";
import { prepareJobs } from "../platform/jobs.ts";
import { pictureMaker } from "./image-decoder-client.ts";
import { imageRoutes } from "./image-routes.ts";
import { imageUploadRoutes } from "./image-upload-routes.ts";
import type { ImageView } from "./product-image-view.ts";
import { removeImageFiles } from "./remove-image-files.ts";
import { storeImageRoutes } from "./store-image-routes.ts";

let db: Db;
let blobs: BlobStore;
let folder: string;
let origin: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "orderwell-images-"));
  blobs = fileBlobStore(folder);
  ({ db } = await testDatabase());
  await prepareJobs(db, [removeImageFiles]);
  const ground = { db, blobs, clock: systemClock, pictures: pictureMaker() };
  const server = await testServer((app) => {
    void app.register(imageUploadRoutes(ground));
    void app.register(imageRoutes(ground));
    void app.register(storeImageRoutes(ground));
  });
  ({ origin } = await server.listen());
});
after(() => rm(folder, { recursive: true, force: true }));

type Told = ImageView & { readonly code: string; readonly detail: string; readonly errors: { pointer: string }[] };

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Told;
}

async function send(method: string, path: string, given: { body?: unknown; headers?: object } = {}): Promise<Answer> {
  const isForm = given.body instanceof FormData;
  const response = await fetch(`${origin}${path}`, {
    method,
    headers: {
      authorization: "Bearer owner",
      ...(given.body === undefined || isForm ? {} : { "content-type": "application/json" }),
      ...given.headers,
    },
    ...(given.body === undefined ? {} : { body: isForm ? (given.body as FormData) : JSON.stringify(given.body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : {}) as Told };
}

function form(
  content: Buffer | undefined,
  fields: Readonly<Record<string, string>> = {},
  name = "picture.png",
): FormData {
  const made = new FormData();
  for (const [field, value] of Object.entries(fields)) made.append(field, value);
  if (content) made.append("file", new Blob([new Uint8Array(content)]), name);
  return made;
}

async function givenProduct(): Promise<string> {
  return (await db.transaction((tx) => givenShownProduct(tx))).key;
}

function upload(product: string, body: unknown, headers: object = {}): Promise<Answer> {
  return send("POST", `/api/v2/products/${product}/images`, { body, headers });
}

async function keptFiles(): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

describe("a picture that is uploaded", () => {
  test("is an image of its product, and is seen in every width that it says", async () => {
    const product = await givenProduct();
    const content = await givenPng({ width: 400, height: 300, colour: "#204060" });
    const { status, body } = await upload(product, form(content, { title: "前から", sort_order: "3" }, "注文.png"));
    assert.equal(status, 201, JSON.stringify(body));
    assert.deepEqual([body.title, body.sort_order, body.width, body.height], ["前から", 3, 400, 300]);
    assert.deepEqual(
      body.thumbnails.map(({ width }) => width),
      [160, 160, 320, 320],
    );
    const addresses = [body.url, ...body.thumbnails.map(({ url }) => url)];
    const seen = await Promise.all(addresses.map((address) => fetch(`${origin}${address}`)));
    const found = await Promise.all(
      seen.map(async (response) => {
        const { format, width } = await sharp(Buffer.from(await response.arrayBuffer())).metadata();
        return [response.status, response.headers.get("content-type"), format, width];
      }),
    );
    assert.deepEqual(found, [
      [200, "image/webp", "webp", 400],
      [200, "image/webp", "webp", 160],
      [200, "image/avif", "heif", 160],
      [200, "image/webp", "webp", 320],
      [200, "image/avif", "heif", 320],
    ]);
  });

  test("again is the image that is there, and leaves no second set of files", async () => {
    const product = await givenProduct();
    const content = await givenPng();
    const first = await upload(product, form(content, { title: "One" }));
    const count = await keptFiles();
    const again = await upload(product, form(content, { title: "Two" }));
    assert.deepEqual([first.status, again.status], [201, 200]);
    assert.deepEqual(again.body, first.body);
    assert.equal(await keptFiles(), count);
    const other = await upload(await givenProduct(), form(content));
    assert.equal(other.status, 201);
  });

  test("twice at once is one image with one set of files", async () => {
    const product = await givenProduct();
    const content = await givenPng();
    const count = await keptFiles();
    const answers = await Promise.all([1, 2, 3, 4].map(() => upload(product, form(content))));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 200, 201]);
    assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1);
    assert.equal(await keptFiles(), count + 3);
  });

  test("with an Idempotency-Key is answered with the same words again, and refused when it is another one", async () => {
    const product = await givenProduct();
    const content = await givenPng();
    const key = { "idempotency-key": `image-${product}` };
    const first = await upload(product, form(content), key);
    const again = await upload(product, form(content), key);
    assert.deepEqual([first.status, again.status, again.body], [201, 201, first.body]);
    assert.equal(again.headers.get("idempotent-replayed"), "true");
    const count = await keptFiles();
    const other = await upload(product, form(await givenPng()), key);
    assert.deepEqual([other.status, other.body.code], [422, "http.idempotency_key_reused"]);
    assert.equal(await keptFiles(), count);
    const wrong = await upload(product, form(content), { "idempotency-key": "x".repeat(256) });
    assert.deepEqual([wrong.status, wrong.body.code], [400, "http.idempotency_key_invalid"]);
  });

  test("is taken from the store of files, too, and stays there", async () => {
    const product = await givenProduct();
    await blobs.write("incoming/tea.jpg", Readable.from([await givenPixels().jpeg().toBuffer()]));
    const { status, body } = await upload(product, { blob_key: "incoming/tea.jpg", title: "Tea", sort_order: 0 });
    assert.deepEqual([status, body.title], [201, "Tea"]);
    assert.ok(await blobs.find("incoming/tea.jpg"));
    const missing = await upload(product, { blob_key: "incoming/none.jpg" });
    assert.deepEqual([missing.status, missing.body.code], [404, "blob.not_found"]);
    const elsewhere = await upload(product, { blob_key: `catalog/images/${body.id}/whole.webp` });
    assert.equal(elsewhere.status, 422);
  });

  const refused: [string, () => Promise<FormData> | FormData, number, string, string?][] = [
    ["without a file", () => form(undefined, { title: "x" }), 422, "http.invalid_input", "/file"],
    ["of no bytes", () => form(Buffer.alloc(0)), 422, "image.not_a_picture"],
    ["that is a ZIP called PNG", () => form(emptyZip), 422, "image.not_a_picture"],
    ["that is SVG called PNG", () => form(Buffer.from("<svg onload='alert(1)'/>")), 422, "image.not_a_picture"],
    ["that is cut off", async () => form((await givenPng()).subarray(0, 60)), 422, "image.damaged"],
    ["of 400 million pixels", () => form(pngThatClaims(20_000, 20_000, 9)), 422, "image.too_many_pixels"],
    ["of more than 20 MB", () => form(Buffer.alloc(20_000_001)), 413, "http.body_too_large"],
    ["of more than 21 MB", () => form(Buffer.alloc(21_500_000)), 413, "http.body_too_large"],
    [
      "with a place that is none",
      async () => form(await givenPng(), { sort_order: "-1" }),
      422,
      "http.invalid_input",
      "/sort_order",
    ],
    [
      "with a place beyond the last",
      async () => form(await givenPng(), { sort_order: "1000001" }),
      422,
      "http.invalid_input",
      "/sort_order",
    ],
    [
      "with a title of two lines",
      async () => form(await givenPng(), { title: "a\nb" }),
      422,
      "http.invalid_input",
      "/title",
    ],
    [
      "with a title that is too long",
      async () => form(await givenPng(), { title: "x".repeat(201) }),
      422,
      "http.invalid_input",
      "/title",
    ],
    [
      "with a field that there is not",
      async () => form(await givenPng(), { order: "1" }),
      422,
      "http.invalid_input",
      "/order",
    ],
  ];
  for (const [what, given, status, code, pointer] of refused) {
    test(`${what} is refused, and leaves nothing`, async () => {
      const product = await givenProduct();
      const count = await keptFiles();
      const answer = await upload(product, await given());
      assert.deepEqual([answer.status, answer.body.code], [status, code], JSON.stringify(answer.body));
      if (pointer !== undefined) assert.equal(answer.body.errors[0]?.pointer, pointer);
      assert.equal(await keptFiles(), count);
      const { body } = await send("GET", `/api/v2/products/${product}/images`);
      assert.deepEqual(body, { data: [], next_cursor: null });
    });
  }

  test("names the limit when it is too large", async () => {
    const { body } = await upload(await givenProduct(), form(Buffer.alloc(20_000_001)));
    assert.match(body.detail, /20000000 bytes/);
  });

  test("of a product that is not there is refused", async () => {
    const { status, body } = await upload("nothing", form(await givenPng()));
    assert.deepEqual([status, body.code], [404, "product.not_found"]);
  });

  test("is not taken from who may only read", async () => {
    const answer = await upload(await givenProduct(), form(await givenPng()), { authorization: "Bearer reader" });
    assert.deepEqual([answer.status, answer.body.code], [403, "http.scope_missing"]);
    const unknown = await upload(await givenProduct(), form(await givenPng()), { authorization: "" });
    assert.equal(unknown.status, 401);
  });
});

describe("the images of a product", () => {
  test("are listed with the primary one first, changed with a tag, and deleted", async () => {
    const product = await givenProduct();
    const path = `/api/v2/products/${product}/images`;
    const [first, second] = [
      await upload(product, form(await givenPng())),
      await upload(product, form(await givenPng())),
    ];
    const ids = async () => {
      const { body } = await send("GET", path);
      return (body as unknown as { data: ImageView[] }).data.map(({ id }) => id);
    };
    assert.deepEqual(await ids(), [first.body.id, second.body.id]);

    const one = await send("GET", `${path}/${second.body.id}`);
    const tag = one.headers.get("etag") ?? "";
    assert.deepEqual(one.body, second.body);
    assert.equal((await send("GET", `${path}/${second.body.id}`, { headers: { "if-none-match": tag } })).status, 304);
    await send("PATCH", `${path}/${first.body.id}`, { body: { sort_order: 5 } });
    assert.deepEqual(await ids(), [second.body.id, first.body.id]);
    const changed = await send("PATCH", `${path}/${second.body.id}`, {
      body: { title: "New" },
      headers: { "if-match": tag },
    });
    assert.deepEqual([changed.status, changed.body.title, changed.body.sort_order], [200, "New", 1]);
    const late = await send("PATCH", `${path}/${second.body.id}`, {
      body: { title: "Old" },
      headers: { "if-match": tag },
    });
    assert.deepEqual([late.status, late.body.code], [412, "http.precondition_failed"]);

    const stale = await send("DELETE", `${path}/${second.body.id}`, { headers: { "if-match": tag } });
    assert.equal(stale.status, 412);
    const gone = await send("DELETE", `${path}/${second.body.id}`);
    assert.equal(gone.status, 204);
    assert.deepEqual(await ids(), [first.body.id]);
    assert.equal((await send("DELETE", `${path}/${second.body.id}`)).status, 404);
    assert.equal((await fetch(`${origin}${second.body.url}`)).status, 404);
  });

  for (const [what, body, pointer] of [
    ["nothing", {}, ""],
    ["a place that is no number", { sort_order: "1" }, "/sort_order"],
    ["a title with a line's end", { title: "a\r\nb" }, "/title"],
    ["a member that there is not", { width: 1 }, "/width"],
  ] as const) {
    test(`are not changed by ${what}`, async () => {
      const product = await givenProduct();
      const { body: image } = await upload(product, form(await givenPng()));
      const answer = await send("PATCH", `/api/v2/products/${product}/images/${image.id}`, { body });
      assert.deepEqual([answer.status, answer.body.errors[0]?.pointer], [422, pointer], JSON.stringify(answer.body));
    });
  }
});

describe("a picture that is looked at", () => {
  test("is kept by caches for ever, and harmless wherever it is shown", async () => {
    const { body } = await upload(await givenProduct(), form(await givenPng()));
    for (const address of [body.url, body.thumbnails[1]?.url ?? ""]) {
      const { headers, status } = await fetch(`${origin}${address}`);
      assert.equal(status, 200);
      assert.equal(headers.get("cache-control"), "public, max-age=31536000, immutable");
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      assert.match(headers.get("content-security-policy") ?? "", /default-src 'none'/);
      assert.equal(headers.get("cross-origin-resource-policy"), "cross-origin");
      assert.equal(headers.get("set-cookie"), null);
      const tag = headers.get("etag") ?? "";
      const known = await fetch(`${origin}${address}`, { headers: { "if-none-match": tag } });
      assert.deepEqual(
        [known.status, known.headers.get("cache-control"), await known.text()],
        [304, headers.get("cache-control"), ""],
      );
      const head = await fetch(`${origin}${address}`, { method: "HEAD" });
      assert.equal(head.headers.get("content-length"), headers.get("content-length"));
      assert.ok(Number(headers.get("content-length")) > 50);
      assert.deepEqual([head.status, head.headers.get("content-type")], [200, headers.get("content-type")]);
    }
  });

  test("is not there under any other name", async () => {
    const { body } = await upload(await givenProduct(), form(await givenPng()));
    const names = [
      "320.webp",
      "160.png",
      "160",
      "0160.webp",
      "160.webp.",
      "whole.webp",
      "..%2f160.webp",
      "NaN.webp",
      "1e2.webp",
    ];
    const addresses = [
      ...names.map((name) => `${body.url}/${name}`),
      `/api/store/images/${uuidV7(systemClock.now())}`,
      `/api/store/images/${uuidV7(systemClock.now())}/160.webp`,
      "/api/store/images/x",
      "/api/store/images/..%2f..%2fsecret",
      `/api/store/images/${"x".repeat(64)}`,
    ];
    for (const address of addresses) {
      const answer = await fetch(`${origin}${address}`);
      assert.equal(answer.status, 404, address);
      assert.equal(answer.headers.get("cache-control"), "private, no-store");
      await answer.text();
    }
  });

  test("whose file is lost is not there, and nobody keeps that", async () => {
    const { body } = await upload(await givenProduct(), form(await givenPng()));
    await blobs.remove(`catalog/images/${body.id}/160.webp`);
    const answer = await fetch(`${origin}${body.url}/160.webp`);
    assert.deepEqual([answer.status, answer.headers.get("cache-control")], [404, "private, no-store"]);
    await answer.text();
    assert.equal((await ask(db, "select 1 from catalog.product_images where image_id = $1", [body.id])).length, 1);
  });
});
