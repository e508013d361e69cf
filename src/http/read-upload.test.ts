import assert from "node:assert/strict";
import { connect } from "node:net";
import { before, describe, test } from "node:test";
import { eventually } from "../../test/support/eventually.ts";
import { givenUploadSite, type UploadSite, uploadContent, uploadHead } from "../../test/support/given-uploads.ts";
import { bodyOf, exchange } from "../../test/support/http-server.ts";
import { importUploadRoutes } from "../imports/import-upload-routes.ts";

let site: UploadSite;

before(async () => {
  site = await givenUploadSite(importUploadRoutes);
});

const type = "multipart/form-data; boundary=b";
const partHead = 'Content-Disposition: form-data; name="file"; filename="a.csv"';

function part(bytes: string, head = partHead): string {
  return `--b\r\n${head}\r\n\r\n${bytes}\r\n`;
}

describe("an upload that is broken", () => {
  test("off at 99 % leaves nothing", async () => {
    await site.leavingNothing(async () => {
      const body = `${part("x".repeat(50_000))}--b--\r\n`;
      const sent = uploadHead(type, body.length) + body.slice(0, body.length - 20);
      const socket = connect(site.port, "127.0.0.1");
      await new Promise<void>((resolve) => socket.write(sent, () => resolve()));
      await eventually("most of it is there", async () =>
        (await site.files()).some((path) => path.includes(".partial")),
      );
      socket.destroy();
    });
  });

  const broken: [string, string, string, number][] = [
    ["by the end of its last boundary", type, part("a,b\r\n1,2"), 400],
    ["by a boundary that never comes", "multipart/form-data; boundary=other", `${part("x")}--b--\r\n`, 400],
    ["by the lack of a boundary", "multipart/form-data", `${part("x")}--b--\r\n`, 400],
    ["by a boundary that is empty", "multipart/form-data; boundary=", `${part("x")}--b--\r\n`, 400],
    ["by parts without names", type, `${part("x", "Content-Type: text/csv")}--b--\r\n`, 422],
    [
      "by a part that begins with a megabyte of headers",
      type,
      `${part("x", `X: ${"y".repeat(1_000_000)}\r\n${partHead}`)}--b--\r\n`,
      422,
    ],
    ["by a hundred parts", type, `${part("x", 'Content-Disposition: form-data; name="a"').repeat(100)}--b--\r\n`, 422],
    ["by parts in base64", type, `${part("eA==", `${partHead}\r\nContent-Transfer-Encoding: base64`)}--b--\r\n`, 422],
    ["by being nothing", type, "", 422],
    ["by being of another type", "text/csv", "a,b\n", 415],
    ["by being of no type", "", "a,b\n", 415],
  ];
  for (const [name, contentType, body, status] of broken) {
    test(`${name} is refused with ${status}, and leaves nothing`, async () => {
      await site.leavingNothing(async () => {
        const answer = await exchange(site.port, uploadHead(contentType, Buffer.byteLength(body)) + body);
        assert.equal(answer.split(" ")[1], String(status), answer);
        assert.equal(bodyOf(answer).status, status);
      });
    });
  }

  test("by a length that is too short is refused, and what is behind it is no request", async () => {
    await site.leavingNothing(async () => {
      const body = `${part(uploadContent())}--b--\r\n`;
      const answer = await exchange(site.port, uploadHead(type, body.length - 10) + body);
      assert.equal(answer.split(" ")[1], "400", answer);
    });
  });

  test("by a preamble without end is refused when it is more than any form has", async () => {
    await site.leavingNothing(async () => {
      const chunk = "x".repeat(100_000);
      const body = `${chunk.length.toString(16)}\r\n${chunk}\r\n`.repeat(20);
      const answer = await exchange(site.port, `${uploadHead(type, "chunked")}${body}0\r\n\r\n`);
      assert.equal(answer.split(" ")[1], "413", answer);
    });
  });
});
