import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { type TestDatabase, testDatabase } from "../../test/support/database.ts";
import { eventually } from "../../test/support/eventually.ts";
import { type Ended, runOrderwell, startOrderwell } from "../../test/support/run-orderwell.ts";

const header = "order_reference,customer_email,currency,product_name,quantity,unit_price\n";
const row = (reference: string, quantity: number | string = 1) =>
  `${reference},tanaka@example.co.jp,EUR,Cup,${quantity},2.50\n`;

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "orderwell-import-"));
});
after(() => rm(folder, { recursive: true, force: true }));

let made = 0;

async function givenFile(content: string | Buffer): Promise<string> {
  made += 1;
  const path = join(folder, `file-${made}.csv`);
  await writeFile(path, content);
  return path;
}

/** A database and a data folder of its own. */
async function givenShop(): Promise<TestDatabase & { settings: Record<string, string>; blobs(): Promise<string[]> }> {
  const database = await testDatabase();
  made += 1;
  const dataDir = join(folder, `shop-${made}`);
  const blobs = async () => {
    const found = await readdir(join(dataDir, "blobs"), { recursive: true, withFileTypes: true }).catch(() => []);
    return found.filter((entry) => entry.isFile()).map(({ name }) => name);
  };
  return { ...database, settings: { DATABASE_URL: database.url, DATA_DIR: dataDir }, blobs };
}

async function placedIn({ db }: TestDatabase): Promise<string[]> {
  const found = await ask<{ reference: string }>(
    db,
    "select external_reference as reference from orders.orders order by order_id",
  );
  return found.map(({ reference }) => reference);
}

const uidOf = ({ out }: Ended) => /^Import (\S+)$/m.exec(out)?.[1] ?? assert.fail(out);

describe("orderwell import", () => {
  test("places a file, shows how it was understood, and does nothing for the same file again", async () => {
    const shop = await givenShop();
    const file = await givenFile(header + row("A-1") + row("A-1", 2) + row("A-2"));
    const first = await runOrderwell(["import", file], shop.settings);
    assert.equal(first.code, 0, first.errors);
    assert.match(first.out, /^ {2}quantity +is quantity$/m);
    assert.match(first.out, /^3 rows, 2 orders: 2 can be placed\.$/m);
    assert.match(first.out, /^Done: 2 placed\.\n$/m);
    assert.match(first.errors, /^Ended {2}100 % {2}2 placed/m);
    assert.deepEqual(await placedIn(shop), ["A-1", "A-2"]);

    const second = await runOrderwell(["import", file], shop.settings);
    assert.equal(second.code, 0, second.errors);
    assert.equal(uidOf(second), uidOf(first));
    assert.match(second.errors, /imported before/);

    const again = await runOrderwell(["import", "--again", file], shop.settings);
    assert.equal(again.code, 0, again.errors);
    assert.notEqual(uidOf(again), uidOf(first));
    assert.match(again.out, /^Done: 0 placed, 2 there already\.$/m);
    assert.deepEqual(await placedIn(shop), ["A-1", "A-2"]);
    assert.equal((await shop.blobs()).length, 2, "the second upload was not kept");
    await shop.close();
  });

  test("places nothing of a file with faults until it is told to, names them, and has codes of its own", async () => {
    const shop = await givenShop();
    const file = await givenFile(header + row("A-1") + row("A-2", -1) + row("A-3", "many"));
    const asked = await runOrderwell(["import", file], shop.settings);
    assert.equal(asked.code, 4, asked.errors);
    assert.match(asked.out, /^3 rows, 3 orders: 1 can be placed, 2 rejected\.$/m);
    assert.match(asked.out, /^ {2}line 3: "quantity" is "-1"; /m);
    assert.match(asked.out, /^ {2}line 4: "quantity" is "many"/m);
    assert.match(asked.errors, new RegExp(`orderwell import --watch ${uidOf(asked)} --yes\n$`));
    assert.deepEqual(await placedIn(shop), []);

    const told = await runOrderwell(["import", "--watch", uidOf(asked), "--yes"], shop.settings);
    assert.equal(told.code, 3, told.errors);
    assert.match(told.out, /^Done: 1 placed, 2 rejected\.$/m);
    assert.ok(told.out.includes(`/api/v2/imports/${uidOf(asked)}/rejected.csv`));
    assert.deepEqual(await placedIn(shop), ["A-1"]);
    await shop.close();
  });

  test("writes what is rejected to a file, which is imported when it is corrected", async () => {
    const shop = await givenShop();
    const file = await givenFile(header + row("A-1") + row("A-2", -1));
    for (const [name, how, code] of [
      ["asked.csv", [], 4],
      ["dry.csv", ["--dry-run"], 3],
      ["placed.csv", ["--yes"], 3],
    ] as const) {
      const wrong = join(folder, name);
      const ended = await runOrderwell(["import", file, ...how, "--rejected", wrong], shop.settings);
      assert.equal(ended.code, code, ended.errors);
      assert.ok(ended.out.includes(`What was rejected is in ${wrong}: correct it`), ended.out);
      const text = await readFile(wrong, "utf8");
      assert.deepEqual(
        text.split("\r\n").map((line) => line.split(",")[0]),
        ["\ufefforder_reference", "A-2", ""],
      );
    }
    const wrong = join(folder, "placed.csv");
    await writeFile(wrong, (await readFile(wrong, "utf8")).replace(",-1,", ",1,"));
    const corrected = await runOrderwell(["import", wrong, "--rejected", join(folder, "none.csv")], shop.settings);
    assert.match(corrected.out, /^Done: 1 placed\.$/m);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => /none|part/.test(name)),
      [],
    );
    assert.deepEqual(await placedIn(shop), ["A-1", "A-2"]);
    await shop.close();
  });

  test("only tries with --dry-run, whether or not there is an import of the file", async () => {
    const shop = await givenShop();
    const file = await givenFile(header + row("A-1") + row("A-2"));
    const dry = await runOrderwell(["import", file, "--dry-run"], shop.settings);
    assert.equal(dry.code, 0, dry.errors);
    assert.match(dry.out, /^Nothing was placed: 2 would be\.\n$/m);
    assert.deepEqual(await placedIn(shop), []);

    const real = await runOrderwell(["import", file], shop.settings);
    assert.equal(real.code, 0, real.errors);
    assert.deepEqual(await placedIn(shop), ["A-1", "A-2"]);

    const after = await runOrderwell(["import", file, "--dry-run"], shop.settings);
    assert.equal(after.code, 0, after.errors);
    assert.match(after.out, /: 0 can be placed, 2 there already\./);
    const faulty = await givenFile(header + row("B-1", 0));
    assert.equal((await runOrderwell(["import", faulty, "--dry-run"], shop.settings)).code, 3);
    const statuses = await ask(shop.db, "select status from imports.imports order by import_id");
    assert.deepEqual(
      statuses.map(({ status }) => status),
      ["cancelled", "completed", "cancelled", "cancelled"],
    );
    await shop.close();
  });

  test("reads what comes in, with options from flags and from a file", async () => {
    const shop = await givenShop();
    const options = await givenFile(JSON.stringify({ locale: "iso", currency: "EUR", payment: "charge" }));
    const text = "Nr;Mail;Was;Menge;Preis\nA-1;tanaka@example.co.jp;Cup;2;1.234,50\n";
    const fields = ["Nr=order_reference", "Mail=customer_email", "Was=product_name", "Menge=quantity"];
    const mapping = [...fields, "Preis=unit_price"].flatMap((pair) => ["--mapping", pair]);
    const flags = ["--options", options, "--option", "locale=de-DE", "--payment", "none", "--source", "till 4"];
    const args = ["import", "-", "--name", "till.csv", ...flags, ...mapping];
    const { code, out, errors } = await runOrderwell(args, shop.settings, text);
    assert.equal(code, 0, errors);
    assert.match(out, /^till\.csv: CSV, utf-8, cells between semicolons/m);
    assert.deepEqual(
      await ask(shop.db, "select source, csv_source, status, total_minor::int as total from orders.orders"),
      [{ source: "till 4", csvSource: "till.csv", status: "pending", total: 246_900 }],
    );
    await shop.close();
  });

  test("says why a file cannot be read, with 1", async () => {
    const shop = await givenShop();
    const zip = await givenFile(Buffer.from("504b0304140000000800", "hex"));
    const { code, out } = await runOrderwell(["import", zip], shop.settings);
    assert.equal(code, 1);
    assert.match(out, /^The import failed: [^\n]*zip/im);
    await shop.close();
  });

  test("leaves a running import on Ctrl-C with 4, and --watch sees it through with exact counts", async () => {
    const shop = await givenShop();
    const orders = Array.from({ length: 600 }, (_, index) => `A-${index}`);
    const file = await givenFile(header + orders.map((reference) => row(reference)).join(""));
    const slow = { ...shop.settings, FAILPOINTS: "before-import-piece:delay=700" };
    const started = startOrderwell(["import", file], slow);
    await started.said(/^Placing/m);
    started.child.kill("SIGINT");
    const left = await started.ended();
    assert.equal(left.code, 4, left.errors);
    assert.match(left.errors, new RegExp(`orderwell import --watch ${uidOf(left)}\n$`));

    const { code, out, errors } = await runOrderwell(["import", "--watch", uidOf(left)], shop.settings);
    assert.equal(code, 0, errors);
    assert.match(out, /^Done: 600 placed\.$/m);
    assert.deepEqual((await placedIn(shop)).sort(), orders.sort());
    await shop.close();
  });

  test("keeps nothing of a file that was still coming in on Ctrl-C", async () => {
    const shop = await givenShop();
    const started = startOrderwell(["import", "-"], shop.settings);
    started.child.stdin?.write(header);
    await eventually("the file is being kept", async () => (await shop.blobs()).length > 0);
    started.child.kill("SIGINT");
    const { code, errors } = await started.ended();
    assert.equal(code, 4, errors);
    assert.match(errors, /Stopped: the file was not taken in\.\n$/);
    assert.deepEqual(await shop.blobs(), []);
    assert.deepEqual(await ask(shop.db, "select from imports.imports"), []);
    await shop.close();
  });

  test("tells with 1 that there is no such import", async () => {
    const shop = await givenShop();
    const uid = "019ab000-0000-7000-8000-000000000001";
    const { code, errors } = await runOrderwell(["import", "--watch", uid], shop.settings);
    assert.deepEqual({ code, errors }, { code: 1, errors: `There is no import ${uid}.\n` });
    await shop.close();
  });

  for (const [title, args, sentence] of [
    ["no file", [], /^The file is missing; - reads what comes in\.\n/],
    ["a file that is not there", ["/nowhere/orders.csv"], /^There is no file \/nowhere\/orders\.csv\.\n/],
    [
      "a folder that is not there",
      ["-", "--rejected", "/nowhere/wrong.csv"],
      /^\/nowhere\/wrong\.csv cannot be written/,
    ],
    ["a folder", ["."], /^\. is a folder\.\n/],
    ["a file and an import", ["x.csv", "--watch", "y"], /not both/],
    ["trying an import that is there", ["--watch", "y", "--dry-run"], /--dry-run goes with a file/],
    ["trying what starts by itself", ["-", "--dry-run", "--option", "auto_start=true"], /one of both/],
    ["a value that cannot be", ["-", "--payment", "gold"], /^payment: Must be one of "none"/],
  ] as const) {
    test(`refuses ${title} with 2`, async () => {
      const settings = { DATABASE_URL: "postgres://nobody@127.0.0.1:1/nothing" };
      const { code, out, errors } = await runOrderwell(["import", ...args], settings);
      assert.deepEqual({ code, out }, { code: 2, out: "" });
      assert.match(errors, sentence);
    });
  }
});
