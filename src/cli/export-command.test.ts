import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { givenListed } from "../../test/support/given-listed.ts";
import { noon } from "../../test/support/given-orders.ts";
import { runOrderwell, startOrderwell } from "../../test/support/run-orderwell.ts";

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "orderwell-export-"));
});
after(() => rm(folder, { recursive: true, force: true }));

const before2026 = new Date("2025-12-31T23:00:00Z");

async function givenShop() {
  const { db, url } = await testDatabase();
  await givenListed(db, [
    { status: "paid", createdAt: before2026 },
    { status: "shipped", createdAt: before2026, customerName: "=1+1" },
    { status: "shipped", createdAt: before2026, currency: "JPY" },
  ]);
  return { db, settings: { DATABASE_URL: url, DATA_DIR: folder } };
}

const rowsIn = (text: string) => text.trim().split("\r\n").length - 1;

describe("orderwell export", () => {
  test("writes the orders asked for to standard output, and says how many beside", async () => {
    const { settings } = await givenShop();
    const all = await runOrderwell(["export"], settings);
    assert.deepEqual([all.code, all.errors, rowsIn(all.out)], [0, "3 orders.\n", 6]);
    assert.match(all.out, /^order_uuid,order_number,/);
    assert.match(all.out, /,'=1\+1,/);
    const filters = ["--status", "shipped", "--currency", "JPY", "--to", "2026-01-01T00:00:00Z", "--amount-min", "300"];
    const some = await runOrderwell(["export", ...filters], settings);
    assert.deepEqual([some.code, some.errors, rowsIn(some.out)], [0, "1 order.\n", 2]);
  });

  test("writes a file, and replaces one when all is there", async () => {
    const { settings } = await givenShop();
    const path = join(folder, "all.csv");
    await writeFile(path, "of yesterday");
    const { code, out, errors } = await runOrderwell(["export", "--output", path], settings);
    assert.deepEqual([code, out, errors], [0, "", "3 orders.\n"]);
    assert.equal(rowsIn(await readFile(path, "utf8")), 6);
  });

  test("leaves the file as it was when the orders cannot be read", async () => {
    const { db, settings } = await givenShop();
    const path = join(folder, "kept.csv");
    await writeFile(path, "of yesterday");
    await ask(db, "alter table orders.order_items rename to gone");
    const { code, errors } = await runOrderwell(["export", "--output", path], settings);
    assert.equal(code, 1);
    assert.match(errors, /orderwell migrate/);
    assert.equal(await readFile(path, "utf8"), "of yesterday");
    assert.ok(!(await readdir(folder)).includes("kept.csv.part"));
  });

  for (const [flags, sentence] of [
    [["--status", "lost"], '--status: There is no status "lost"'],
    [["--amount-max", "5"], "--amount-max: Needs a currency."],
    [["--from", "yesterday"], "--from: Must be a time as RFC 3339 writes it, such as 2025-04-03T10:00:00Z."],
    [["--import", "7"], "--import: Must be a UUID."],
    [["--output", "/nowhere/at/all.csv"], "/nowhere/at/all.csv cannot be written"],
  ] as const) {
    test(`refuses ${flags.join(" ")}`, async () => {
      const { code, errors } = await runOrderwell(["export", ...flags], {});
      assert.equal(code, 2);
      assert.ok(errors.includes(sentence), errors);
    });
  }

  test("ends well when its reader has heard enough", async () => {
    const { db, settings } = await givenShop();
    await givenListed(
      db,
      Array.from({ length: 2_000 }, () => ({ createdAt: noon })),
    );
    const started = startOrderwell(["export"], settings);
    await started.said(/^order_uuid/);
    started.child.stdout?.destroy();
    const { code, errors } = await started.ended();
    assert.deepEqual([code, errors], [0, ""]);
  });
});
