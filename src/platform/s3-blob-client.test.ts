import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { Readable } from "node:stream";
import { after, describe, test } from "node:test";
import { startS3 } from "../../test/fakes/s3-server.ts";
import { s3BlobStore } from "./s3-blob-client.ts";

const mebibyte = 1_048_576;
const bucket = await startS3("imports");

/** A line to the bucket that breaks after so many bytes of answers, as often as it is told to. */
class Line {
  breaks = 0;
  cutAfter = 3 * mebibyte;
  cuts = 0;
  readonly #server: Server;

  constructor(port: number) {
    this.#server = createServer((from) => {
      const to = connect(port, "127.0.0.1");
      let bytes = 0;
      // Of each answer: a connection that is kept has brought others before.
      from.on("data", () => {
        bytes = 0;
      });
      to.on("data", (piece: Buffer) => {
        bytes += piece.length;
        if (this.cuts < this.breaks && bytes > this.cutAfter) {
          this.cuts += 1;
          from.destroy();
          to.destroy();
        }
      });
      from.on("error", () => to.destroy());
      to.on("error", () => from.destroy());
      from.pipe(to).pipe(from);
    });
  }

  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
  }
}

const line = new Line(Number(new URL(bucket.endpoint).port));
const store = s3BlobStore({ ...bucket, endpoint: await line.listen() });
after(async () => {
  await store.close();
  line.close();
});

function content(): Buffer {
  return Buffer.concat(Array.from({ length: 16 }, (_, piece) => Buffer.alloc(mebibyte, `piece ${piece} `)));
}

async function hashOf(stream: Readable): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of stream) hash.update(piece as Buffer);
  return hash.digest("hex");
}

describe("a blob in a bucket", () => {
  const whole = content();
  const expected = createHash("sha256").update(whole).digest("hex");

  test("is read on where the connection broke, several times over", async () => {
    await store.write("long", Readable.from([whole]));
    Object.assign(line, { breaks: 3, cuts: 0 });
    assert.equal(await hashOf(await store.read("long")), expected);
    assert.equal(line.cuts, 3);
  });

  test("is not mixed with another that took its place meanwhile", async () => {
    await store.write("replaced", Readable.from([whole]));
    Object.assign(line, { breaks: 1, cuts: 0 });
    const reading = await store.read("replaced");
    const direct = s3BlobStore(bucket);
    await direct.write("replaced", Readable.from([Buffer.alloc(16 * mebibyte, "other ")]));
    await direct.close();
    await assert.rejects(hashOf(reading), /replaced/);
  });

  test("that cannot be reached fails, and says so", async () => {
    const nowhere = s3BlobStore({ ...bucket, endpoint: "http://127.0.0.1:1" });
    await assert.rejects(nowhere.find("x"), /ECONNREFUSED/);
    await nowhere.close();
  });
});
