import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ask } from "../../test/support/ask.ts";
import { type TestDatabase, testDatabase } from "../../test/support/database.ts";
import { givenPng } from "../../test/support/given-pictures.ts";
import { type Ended, runOrderwell, startOrderwell } from "../../test/support/run-orderwell.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const catalogue = `
ISO_ALPHA_3_CURRENCY_CODE: JPY
ONE_OFF_PRODUCTS_AVAILABLE:
  - key: sencha
    tax_code: food
    shippable: true
    images: [{ image_path: tea.png, title: A tin }]
    pricing: [{ interval: ONE_OFF, unit_amount: 1800 }, { interval: ONE_OFF, unit_amount: 1250, currency: USD }]
    translation: { en: { name: Sencha }, ja: { name: 煎茶 } }
`;

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "orderwell-setup-"));
  await writeFile(join(folder, "tea.png"), await givenPng());
});
after(() => rm(folder, { recursive: true, force: true }));

interface Shop extends TestDatabase {
  run(args: readonly string[]): Promise<Ended>;
}

let made = 0;

async function givenFile(content: string, name = "yaml"): Promise<string> {
  made += 1;
  const path = join(folder, `catalogue-${made}.${name}`);
  await writeFile(path, content);
  return path;
}

async function givenShop(): Promise<Shop> {
  const database = await testDatabase();
  const settings = { DATABASE_URL: database.url, DATA_DIR: await mkdtemp(join(folder, "data-")) };
  return { ...database, run: (args) => runOrderwell(["setupproducts", ...args], settings) };
}

describe("setupproducts", () => {
  test("makes what the file describes, says each step and what to do next, and then finds nothing to do", async () => {
    const shop = await givenShop();
    const file = await givenFile(catalogue);
    const first = await shop.run([file]);
    assert.equal(first.code, 0, first.errors);
    assert.equal(
      first.out,
      [
        "sencha",
        "  product          created",
        "  price JPY, once  created  1,800",
        "  price USD, once  created  12.50",
        "  words en         created",
        "  words ja         created",
        "  picture tea.png  created",
        "",
        "Done: 6 created.",
        "See it at http://127.0.0.1:8080/api/store/products; npm start serves it, if nothing does.",
        "",
      ].join("\n"),
    );
    const second = await shop.run([file]);
    assert.equal(second.code, 0, second.errors);
    assert.match(second.out, /^sencha {2}unchanged\n\nDone: 6 unchanged\.\n/);
    await shop.close();
  });

  test("says what it changed from what to what, what is not sold any more, and what it left alone", async () => {
    const shop = await givenShop();
    await shop.run([await givenFile(catalogue)]);
    await shop.run([await givenFile(catalogue.replace("key: sencha", "key: bancha"))]);
    const changed = catalogue
      .replace("1800", "1900")
      .replace(/, \{ interval: ONE_OFF, unit_amount: 1250.*?\}/, "")
      .replace("name: Sencha", "name: Sencha tea");
    const dry = await shop.run([await givenFile(changed), "--dry-run"]);
    const expected = [
      "sencha",
      "  price JPY, once  changed  amount 1,800 → 1,900",
      "  price USD, once  not sold any more: the file does not have it",
      '  words en         changed  name "Sencha" → "Sencha tea"',
      "  unchanged        product; words ja; picture tea.png",
      "",
      "Left alone, since the file does not have them: bancha.",
    ];
    assert.equal(
      dry.out,
      [...expected, "Nothing was written; it would be: 2 changed, 1 deactivated, 3 unchanged.", ""].join("\n"),
    );
    const real = await shop.run([await givenFile(changed)]);
    assert.ok(real.out.startsWith([...expected, "Done: 2 changed, 1 deactivated, 3 unchanged."].join("\n")), real.out);
    await shop.close();
  });

  test("answers programs in JSON", async () => {
    const shop = await givenShop();
    const { out, code } = await shop.run([await givenFile(catalogue), "--json"]);
    const told = JSON.parse(out) as { steps: object[] };
    assert.equal(code, 0);
    assert.deepEqual(told.steps.slice(0, 2), [
      { what: "product", product: "sencha", outcome: "created" },
      {
        what: "price",
        product: "sencha",
        name: "JPY, once",
        outcome: "created",
        changes: { unit_amount_minor: { from: null, to: 1800 } },
      },
    ]);
    assert.deepEqual({ ...told, steps: [] }, { dry_run: false, steps: [], remarks: [], other_products: [] });
    await shop.close();
  });

  test("tells every mistake with its place, in words or in JSON, and changes nothing", async () => {
    const shop = await givenShop();
    const wrong = catalogue.replace("1800", "18.00").replace("tea.png", "none.png").replace("shippable", "shipable");
    const file = await givenFile(wrong);
    const { code, out, errors } = await shop.run([file]);
    assert.deepEqual([code, out], [1, ""]);
    const list = "/ONE_OFF_PRODUCTS_AVAILABLE/0";
    assert.equal(
      errors,
      [
        `${file}:6:5: ${list}/shipable: There is no such field.`,
        `${file}:7:16: ${list}/images/0/image_path: There is no file none.png.`,
        `${file}:8:36: ${list}/pricing/0/unit_amount: Must be a whole number.`,
        `Nothing was changed: ${file} has 3 mistakes.`,
        "",
      ].join("\n"),
    );
    const json = await shop.run([file, "--json"]);
    const told = JSON.parse(json.out) as { errors: object[] };
    assert.deepEqual(told.errors[2], {
      line: 8,
      column: 36,
      pointer: `${list}/pricing/0/unit_amount`,
      detail: "Must be a whole number.",
    });
    assert.deepEqual(await ask(shop.db, "select 1 from catalog.products"), []);
    await shop.close();
  });

  test("says where a file breaks that is no YAML, and that a file is missing", async () => {
    const shop = await givenShop();
    const file = await givenFile("ONE_OFF_PRODUCTS_AVAILABLE: [\n  { key: a\n", "json");
    const broken = await shop.run([file]);
    assert.equal(broken.code, 1);
    assert.match(broken.errors, new RegExp(`^${file}:\\d+:\\d+: [^\\n]+\\n`));
    const latin = join(folder, "latin.yaml");
    await writeFile(latin, Buffer.from("a: caf\xe9\n", "latin1"));
    assert.match((await shop.run([latin])).errors, /latin\.yaml:1:1: It cannot be read: it is not in UTF-8\./);
    const missing = await shop.run([join(folder, "none.yaml")]);
    assert.deepEqual([missing.code, /There is no file/.test(missing.errors)], [2, true]);
    const directory = await shop.run([folder]);
    assert.deepEqual([directory.code, /is no file/.test(directory.errors)], [2, true]);
    assert.equal((await shop.run([])).code, 2);
    await shop.close();
  });

  test("makes everything once when it runs twice at once", async () => {
    const shop = await givenShop();
    const file = await givenFile(catalogue);
    const ended = await Promise.all([shop.run([file]), shop.run([file])]);
    assert.deepEqual(
      ended.map(({ code }) => code),
      [0, 0],
    );
    const sums = ended.map(({ out }) => /^Done: .*$/m.exec(out)?.[0]).sort();
    assert.deepEqual(sums, ["Done: 6 created.", "Done: 6 unchanged."]);
    assert.equal((await ask(shop.db, "select 1 from catalog.prices")).length, 2);
    await shop.close();
  });

  test("sets up the demo, twice, and finds nothing wrong in it", async () => {
    const shop = await givenShop();
    const demo = join(root, "demo", "catalogue.yaml");
    const first = await shop.run([demo]);
    assert.equal(first.code, 0, first.errors);
    const [counts] = await ask(
      shop.db,
      `select (select count(*)::int from catalog.products) as products,
              (select count(distinct currency)::int from catalog.prices) as currencies,
              (select count(distinct provider_id)::int from catalog.products) as providers,
              (select count(*)::int from catalog.product_images) as images,
              (select count(*)::int from catalog.tax_rates) as rates`,
    );
    assert.deepEqual(counts, { products: 12, currencies: 5, providers: 3, images: 14, rates: 16 });
    const second = await shop.run([demo]);
    assert.match(second.out, /^Done: \d+ unchanged\.$/m);
    await shop.close();
  });

  test("takes the file of the page about it", async () => {
    const shop = await givenShop();
    const page = await readFile(join(root, "docs", "setup-products.md"), "utf8");
    const [, whole = ""] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    const named = [...whole.matchAll(/image_path: (\S+?),/g)].map(([, path = ""]) => path);
    assert.deepEqual(named, ["images/sencha.webp"]);
    await mkdir(join(folder, "images"), { recursive: true });
    for (const path of named) await writeFile(join(folder, path), await givenPng());
    const { code, out, errors } = await shop.run([await givenFile(whole)]);
    assert.equal(code, 0, errors);
    assert.match(out, /^Done: 16 created\.$/m);
    await shop.close();
  });
});

describe("setupproducts that is told to stop", () => {
  test("changes nothing, and says so", async () => {
    const shop = await givenShop();
    const many = Array.from({ length: 40 }, (_, index) => `many-${index}.png`);
    for (const name of many) await writeFile(join(folder, name), await givenPng({ width: 1_400, height: 1_400 }));
    const images = many.map((name) => `{ image_path: ${name} }`).join(", ");
    const file = await givenFile(catalogue.replace("{ image_path: tea.png, title: A tin }", images));
    const settings = { DATABASE_URL: shop.url, DATA_DIR: await mkdtemp(join(folder, "data-")) };
    const started = startOrderwell(["setupproducts", file], settings);
    await started.said(/^Pictures/m);
    started.child.kill("SIGINT");
    const { code, errors } = await started.ended();
    assert.deepEqual([code, /Stopped: nothing was changed\./.test(errors)], [1, true], errors);
    assert.deepEqual(await ask(shop.db, "select 1 from catalog.products"), []);
    await shop.close();
  });
});
