import assert from "node:assert/strict";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { before, describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { eventually } from "../../test/support/eventually.ts";
import {
  fileBytes,
  givenUploadSite,
  type ToldOfUpload,
  type UploadSite,
  uploadContent,
  uploadForm,
  uploadHead,
} from "../../test/support/given-uploads.ts";
import { importUploadRoutes } from "./import-upload-routes.ts";

let site: UploadSite;

before(async () => {
  site = await givenUploadSite(importUploadRoutes);
});

describe("an upload", () => {
  test("is kept, becomes an import, and tells where that is", async () => {
    const csv = uploadContent();
    const { status, headers, body } = await site.send(uploadForm([["file", csv, "注文 2026.csv"]]));
    assert.equal(status, 202, JSON.stringify(body));
    assert.equal(headers.get("location"), `/api/v2/imports/${body.id}`);
    assert.deepEqual(
      [body.name, body.source, body.status, body.bytes],
      ["注文 2026.csv", "Owner", "received", Buffer.byteLength(csv)],
    );
    assert.equal(await text(await site.blobs.read(`imports/${body.id}`)), csv);
    const jobs = await ask(site.db, "select 1 from imports.imports where uid = $1", [body.id]);
    assert.equal(jobs.length, 1);
  });

  test("has its options before the file, behind it, or as a part with a type of its own", async () => {
    const options = JSON.stringify({ source: "webshop", locale: "de-DE", mapping: { Best: "order_reference" } });
    const typed = uploadForm([["file", uploadContent(), "a.csv"]]);
    typed.append("options", new Blob([options], { type: "application/json" }));
    const forms = [
      uploadForm([
        ["options", options],
        ["file", uploadContent(), "a.csv"],
      ]),
      uploadForm([
        ["file", uploadContent(), "a.csv"],
        ["options", options],
      ]),
      typed,
    ];
    for (const one of forms) {
      const { status, body } = await site.send(one);
      assert.equal(status, 202, JSON.stringify(body));
      assert.equal(body.source, "webshop");
      assert.deepEqual(body.options, {
        source: "webshop",
        format: "auto",
        encoding: "auto",
        delimiter: "auto",
        grouping: "auto",
        mapping: { Best: "order_reference" },
        locale: "de-DE",
        time_zone: "UTC",
        negative_quantity: "reject",
        cancellations: "reject",
        zero_price: "reject",
        missing_email: "reject",
        tax: "added",
        payment: "none",
        pay_within_hours: 720,
        notify: false,
        auto_start: false,
      });
    }
  });

  test("again is the import that is there, whatever the file is called, and its second file is not kept", async () => {
    const csv = uploadContent();
    const first = await site.send(uploadForm([["file", csv, "a.csv"]]));
    await site.leavingNothing(async () => {
      const again = await site.send(uploadForm([["file", csv, "b.csv"]]));
      assert.deepEqual([again.status, again.body.id], [200, first.body.id]);
      assert.equal(again.headers.get("location"), `/api/v2/imports/${first.body.id}`);
    });
    const other = await site.send(
      uploadForm([
        ["file", csv, "a.csv"],
        ["options", '{"locale":"en-US"}'],
      ]),
    );
    assert.deepEqual([other.status, other.body.id === first.body.id], [202, false]);
    const anew = await site.send(uploadForm([["file", csv, "a.csv"]]), { query: "?again=true" });
    assert.deepEqual([anew.status, anew.body.generation], [202, 2]);
  });

  test("twice at once is one import", async () => {
    const csv = uploadContent();
    const count = await site.imports();
    const answers = await Promise.all([1, 2, 3].map(() => site.send(uploadForm([["file", csv, "a.csv"]]))));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 202]);
    assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1);
    assert.equal(await site.imports(), count + 1);
    const [{ body } = answers[0] as ToldOfUpload] = answers;
    await eventually("one file is left of the three", async () => {
      return (await site.contents()).filter((one) => one === csv).length === 1;
    });
    assert.equal(await text(await site.blobs.read(`imports/${body.id}`)), csv);
  });

  test("with an Idempotency-Key is answered with the same words again, and with 422 when it is another file", async () => {
    const csv = uploadContent();
    const first = await site.send(uploadForm([["file", csv, "a.csv"]]), { key: "upload-1", query: "?again=true" });
    await site.leavingNothing(async () => {
      const again = await site.send(uploadForm([["file", csv, "a.csv"]]), { key: "upload-1", query: "?again=true" });
      assert.deepEqual(again.body, first.body);
      assert.equal(again.headers.get("idempotent-replayed"), "true");
      const other = await site.send(uploadForm([["file", uploadContent(), "a.csv"]]), {
        key: "upload-1",
        query: "?again=true",
      });
      assert.deepEqual([other.status, other.body.code], [422, "http.idempotency_key_reused"]);
      const wrong = await site.send(uploadForm([["file", uploadContent(), "a.csv"]]), { key: "x".repeat(256) });
      assert.deepEqual([wrong.status, wrong.body.code], [400, "http.idempotency_key_invalid"]);
    });
  });

  const refused: [string, () => FormData, number, string, string?][] = [
    ["without a file", () => uploadForm([["options", "{}"]]), 422, "http.invalid_input", "/file"],
    ["without anything", () => uploadForm([]), 422, "http.invalid_input", "/file"],
    [
      "with two files",
      () =>
        uploadForm([
          ["file", uploadContent(), "a.csv"],
          ["file", "x", "b.csv"],
        ]),
      422,
      "http.invalid_input",
      "/file",
    ],
    ["with a file without a name", () => uploadForm([["file", uploadContent()]]), 422, "http.invalid_input", "/file"],
    [
      "with a path for a name",
      () => uploadForm([["file", uploadContent(), "../../etc/passwd"]]),
      422,
      "http.invalid_input",
      "/file",
    ],
    [
      "with a path of Windows for a name",
      () => uploadForm([["file", uploadContent(), "C:\\x.csv"]]),
      422,
      "http.invalid_input",
      "/file",
    ],
    ["with points for a name", () => uploadForm([["file", uploadContent(), ".."]]), 422, "http.invalid_input", "/file"],
    [
      "with a long name",
      () => uploadForm([["file", uploadContent(), "x".repeat(256)]]),
      422,
      "http.invalid_input",
      "/file",
    ],
    [
      "with another field",
      () =>
        uploadForm([
          ["file", uploadContent(), "a.csv"],
          ["source", "x"],
        ]),
      422,
      "http.invalid_input",
      "/source",
    ],
    ["with a field like an object's own", () => uploadForm([["__proto__", "x"]]), 400, "http.unreadable_body"],
    ["with options that are no JSON", () => uploadForm([["options", "{"]]), 422, "http.invalid_input", "/options"],
    ["with options that are a list", () => uploadForm([["options", "[]"]]), 422, "http.invalid_input", "/options"],
    [
      "with an option twice",
      () => uploadForm([["options", '{"tax":"added","tax":"added"}']]),
      422,
      "http.invalid_input",
      "/options",
    ],
    [
      "with an unknown option",
      () => uploadForm([["options", '{"curency":"EUR"}']]),
      422,
      "http.invalid_input",
      "/options/curency",
    ],
    [
      "with a wrong option",
      () =>
        uploadForm([
          ["file", uploadContent(), "a.csv"],
          ["options", '{"mapping":{"a":"b"}}'],
        ]),
      422,
      "http.invalid_input",
      "/options/mapping/a",
    ],
    [
      "with options twice",
      () =>
        uploadForm([
          ["options", "{}"],
          ["options", "{}"],
          ["file", uploadContent(), "a.csv"],
        ]),
      422,
      "http.invalid_input",
      "/options",
    ],
    [
      "with long options",
      () => uploadForm([["options", `{"source":"${"x".repeat(300_000)}"}`]]),
      422,
      "http.invalid_input",
      "/options",
    ],
    ["that is too large", () => uploadForm([["file", "x".repeat(fileBytes + 1), "a.csv"]]), 413, "http.body_too_large"],
    ["far too large", () => uploadForm([["file", "x".repeat(fileBytes * 20), "a.csv"]]), 413, "http.body_too_large"],
  ];
  for (const [name, make, status, code, pointer] of refused) {
    test(`${name} is refused, and leaves nothing`, async () => {
      await site.leavingNothing(async () => {
        const answer = await site.send(make());
        assert.deepEqual([answer.status, answer.body.code], [status, code], JSON.stringify(answer.body));
        if (pointer !== undefined) assert.equal(answer.body.errors[0]?.pointer, pointer);
      });
    });
  }

  test("of exactly the largest size is taken", async () => {
    const { status } = await site.send(uploadForm([["file", uploadContent().padEnd(fileBytes, "x"), "a.csv"]]));
    assert.equal(status, 202);
  });

  test("finds no place while as many come in as may, and is told when to come again", async () => {
    // Those that find none are refused; three stay.
    const slow = Array.from({ length: 5 }, () => connect(site.port, "127.0.0.1").on("error", () => {}));
    for (const socket of slow) socket.resume().write(uploadHead("multipart/form-data; boundary=b", 1000));
    await eventually("two found no place", () => slow.filter(({ closed }) => closed).length === 2);
    const { status, headers, body } = await site.send(uploadForm([["file", uploadContent(), "a.csv"]]));
    assert.deepEqual([status, body.code], [503, "import.too_many_uploads"]);
    assert.ok(Number(headers.get("retry-after")) > 0);
    for (const socket of slow) socket.destroy();
    await eventually(
      "there is a place",
      async () => (await site.send(uploadForm([["file", uploadContent(), "a.csv"]]))).status === 202,
    );
  });

  test("needs the scope, before a byte of it is read", async () => {
    const response = await fetch(`${site.origin}/api/v2/imports`, {
      method: "POST",
      headers: { authorization: "Bearer reader" },
      body: uploadForm([["file", uploadContent(), "a.csv"]]),
    });
    assert.equal(response.status, 403);
  });
});

describe("a file that is in the store already", () => {
  test("is copied and imported, under its own name or another", async () => {
    const csv = uploadContent();
    await site.blobs.write("incoming/partner/orders.csv", Readable.from([csv]));
    const { status, body } = await site.send({
      blob_key: "incoming/partner/orders.csv",
      options: { source: "partner" },
    });
    assert.equal(status, 202, JSON.stringify(body));
    assert.deepEqual([body.name, body.source], ["orders.csv", "partner"]);
    assert.equal(await text(await site.blobs.read(`imports/${body.id}`)), csv);
    const again = await site.send({
      blob_key: "incoming/partner/orders.csv",
      name: "x",
      options: { source: "partner" },
    });
    assert.deepEqual([again.status, again.body.id], [200, body.id]);
  });

  const refused: [string, object, number, string][] = [
    ["is not there", { blob_key: "incoming/nothing.csv" }, 404, "blob.not_found"],
    ["is somebody's import", { blob_key: "imports/019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f" }, 422, "http.invalid_input"],
    ["is outside", { blob_key: "incoming/../imports/x" }, 422, "blob.key_invalid"],
    ["has no key", {}, 422, "http.invalid_input"],
    ["has wrong options", { blob_key: "incoming/a", options: { tax: "x" } }, 422, "http.invalid_input"],
  ];
  for (const [name, body, status, code] of refused) {
    test(`that ${name} is refused`, async () => {
      await site.leavingNothing(async () => {
        const answer = await site.send(body);
        assert.deepEqual([answer.status, answer.body.code], [status, code], JSON.stringify(answer.body));
      });
    });
  }
});
