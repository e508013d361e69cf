import assert from "node:assert/strict";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { eventually } from "../../test/support/eventually.ts";
import { lineWriter } from "./write-lines.ts";

describe("lineWriter", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "orderwell-lines-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test("writes every line once, in their order, also those that come while it writes", async () => {
    const path = join(folder, "log");
    const fd = openSync(path, "w");
    const writer = lineWriter(fd, () => assert.fail("Nothing is lost."));
    const lines = Array.from({ length: 1000 }, (_, index) => `line ${index} 田中\n`);
    for (const line of lines.slice(0, 500)) writer.write(line);
    await eventually("the first half is written", () => readFileSync(path, "utf8") === lines.slice(0, 500).join(""));
    for (const line of lines.slice(500)) writer.write(line);
    await eventually("all is written", () => readFileSync(path, "utf8") === lines.join(""));
    closeSync(fd);
  });

  test("loses what cannot be written, says so each time, and keeps no more than a bound meanwhile", async () => {
    const path = join(folder, "read-only");
    writeFileSync(path, "");
    const fd = openSync(path, "r");
    let lost = 0;
    const writer = lineWriter(fd, () => {
      lost += 1;
    });
    writer.write("first\n");
    await eventually("the first is lost", () => lost === 1);
    const line = "x".repeat(1_000_000);
    for (let written = 0; written < 20; written += 1) writer.write(line);
    assert.equal(lost, 5, "16 of them wait");
    writer.flush();
    assert.equal(lost, 6);
    closeSync(fd);
  });
});
