import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { importOptions } from "../../test/support/given-imports.ts";
import type { ImportOptions } from "./import-options.ts";
import type { FilePlan } from "./reading.ts";
import { checkImportOptions, recognizeFile, sampleBytes } from "./recognize-file.ts";

const header = "order_id,email,currency,product,qty,unit_price";
const row = "1001,ann@example.com,EUR,Green tea,2,12.50";
const plain = `${header}\n${row}\n`;

function planOf(file: Buffer | string, chosen: Partial<ImportOptions> = {}): FilePlan {
  return recognizeFile(typeof file === "string" ? Buffer.from(file) : file, importOptions(chosen));
}

function fieldsOf({ columns }: FilePlan): Record<string, string> {
  return Object.fromEntries(columns.map(({ name, field }) => [name, field]));
}

/** Japanese in Shift_JIS: 注文番号,商品名,数量,単価 and a row with 緑茶. */
const shiftJis = Buffer.concat([
  Buffer.from("928d95b694d48d862c8fa4956996bc2c909497ca2c925089bf0a", "hex"),
  Buffer.from("1001,"),
  Buffer.from("97ce9283", "hex"),
  Buffer.from(",2,500\n"),
]);

describe("recognizeFile: encodings", () => {
  const accented = `${header}\n1001,ann@example.com,EUR,Thé vert à la menthe,2,12.50\n1002,ben@example.com,EUR,Größe Müller,1,3.00\n`;
  const forms: readonly [name: string, file: Buffer, encoding: FilePlan["encoding"]][] = [
    ["ASCII", Buffer.from(plain), "utf-8"],
    ["UTF-8", Buffer.from(accented), "utf-8"],
    ["UTF-8 with a mark", Buffer.from(`\ufeff${accented}`), "utf-8"],
    ["UTF-16 with a mark", Buffer.from(`\ufeff${accented}`, "utf16le"), "utf-16le"],
    ["UTF-16 without one", Buffer.from(accented, "utf16le"), "utf-16le"],
    ["UTF-16 with its bytes the other way", Buffer.from(`\ufeff${accented}`, "utf16le").swap16(), "utf-16be"],
    ["UTF-16 the other way without a mark", Buffer.from(accented, "utf16le").swap16(), "utf-16be"],
    ["windows-1252", Buffer.from(accented, "latin1"), "windows-1252"],
  ];
  for (const [name, file, encoding] of forms) {
    test(`knows ${name}, and its columns`, () => {
      const plan = planOf(file);
      assert.equal(plan.encoding, encoding);
      assert.equal(plan.header, header);
    });
  }
  test("knows Shift_JIS by a few characters", () => {
    const plan = planOf(shiftJis, { currency: "JPY", missing_email: "accept" });
    assert.equal(plan.encoding, "shift_jis");
    assert.deepEqual(fieldsOf(plan), {
      注文番号: "order_reference",
      商品名: "product_name",
      数量: "quantity",
      単価: "unit_price",
    });
  });
  test("knows German by its umlauts, although other languages have them too", () => {
    const rows = "A-1;a@example.de;Kaffeemühle;1;1\nA-2;a@example.de;Größe L Hemd;1;1\nA-3;a@example.de;Tür;1;1\n";
    const more = "A-4;;Schlüssel;1;5,00\nA-5;m@example.de;Straße;-1;5,00\nA-6;m@example.de;Bürste, weiß;1;5,999\n";
    const file = Buffer.from(`order_id;email;product;qty;price\n${rows}${more}`, "latin1");
    assert.equal(planOf(file, { currency: "EUR" }).encoding, "windows-1252");
  });
  test("does not take Polish for German", () => {
    const candles = "\xa3\xf3d\xbc \xb6wieca \xbf\xf3\xb3ta";
    const file = Buffer.from(`zam\xf3wienie,email,currency,product,qty,price\n1,a@b.pl,PLN,${candles},1,1\n`, "latin1");
    assert.throws(() => planOf(file), { code: "import_file.encoding_unknown", details: { found: "ISO-8859-2" } });
  });
  test("does not take accents for Japanese", () => {
    for (const name of ["Hélène", "Zoé", "Tom\u0092s", "Ångström", "Çà et là"])
      assert.equal(
        planOf(Buffer.from(`${plain}1002,b@example.com,EUR,${name},1,1\n`, "latin1")).encoding,
        "windows-1252",
      );
  });
  test("keeps to UTF-8 when one character in a file is broken", () => {
    const file = Buffer.concat([Buffer.from(accented.repeat(3)), Buffer.from([0xff, 0x0a])]);
    assert.equal(planOf(file).encoding, "utf-8");
  });
  test("takes what is declared, when it can be", () => {
    assert.equal(planOf(Buffer.from(accented, "latin1"), { encoding: "windows-1252" }).encoding, "windows-1252");
    assert.throws(() => planOf(Buffer.from(accented, "latin1"), { encoding: "utf-8" }), {
      code: "import_file.encoding_wrong",
      details: { encoding: "utf-8", line: 2 },
    });
    assert.equal(planOf(Buffer.from(`\ufeff${accented}`), { encoding: "shift_jis" }).encoding, "utf-8");
    const wide = Buffer.from(`\ufeff${accented}`, "utf16le");
    assert.throws(() => planOf(wide, { encoding: "shift_jis" }), { code: "import_file.encoding_wrong" });
  });
  test("does not guess between encodings that it does not know", () => {
    const bytes = Array.from({ length: 256 }, (_, byte) => byte);
    const letters = new TextDecoder("windows-1251").decode(Buffer.from(bytes));
    const russian = [..."Зелёный чай, чёрный чай, кофе в зёрнах, сахар и молоко"].map((letter) =>
      letters.indexOf(letter),
    );
    assert.throws(() => planOf(Buffer.concat([Buffer.from(plain), Buffer.from(russian)])), {
      code: "import_file.encoding_unknown",
    });
  });
  test("does not mind a character that the sample cuts in two", () => {
    const line = "1001,ann@example.com,EUR,緑茶,2,12.50\n";
    const file = Buffer.from(`${header}\n${line.repeat(8_000)}`);
    for (const cut of [0, 1, 2, 3]) {
      const sample = file.subarray(0, sampleBytes - cut);
      assert.equal(recognizeFile(Buffer.concat([sample, Buffer.alloc(0)]), importOptions()).encoding, "utf-8");
    }
  });
});

describe("recognizeFile: what is no text", () => {
  const files: readonly [what: string, file: Buffer][] = [
    ["a gzip archive", gzipSync(plain)],
    ["a ZIP archive", Buffer.from("PK\x03\x04\x14\0\0\0orders.csv")],
    ["an Excel workbook", Buffer.from("PK\x03\x04\x14\0\0\0[Content_Types].xml xl/workbook.xml")],
    ["an Excel workbook of the old kind", Buffer.from("d0cf11e0a1b11ae1", "hex")],
    ["a PDF document", Buffer.from("%PDF-1.7\n")],
    ["a PNG picture", Buffer.from("89504e470d0a1a0a", "hex")],
    ["a JPEG picture", Buffer.from("ffd8ffe000104a464946", "hex")],
    ["in UTF-32", Buffer.from("fffe00006f000000", "hex")],
    ["binary", randomBytes(20_000).fill(0x41, 0, 4)],
  ];
  for (const [what, file] of files) {
    test(`says that a file is ${what}`, () => {
      assert.throws(
        () => planOf(file),
        (error: Error & { code: string; details: { what: string } }) => {
          assert.equal(error.code, "import_file.not_text");
          assert.equal(error.details.what, what);
          return true;
        },
      );
    });
  }
  for (const [name, file] of [
    ["nothing", ""],
    ["a mark alone", "\ufeff"],
    ["blank lines", "\n\r\n \n"],
    ["a header alone", `${header}\n`],
    ["a header alone behind its delimiter", `sep=,\n${header}\n`],
    ["a delimiter alone", "sep=,\n"],
  ] as const) {
    test(`refuses a file of ${name} as empty`, () => assert.throws(() => planOf(file), { code: "import_file.empty" }));
  }
});

describe("recognizeFile: formats", () => {
  test("knows NDJSON by its first character", () => {
    const plan = planOf('{"currency":"EUR","items":[]}\n');
    assert.deepEqual([plan.format, plan.grouping, plan.columns], ["ndjson", "row_is_order", []]);
  });
  for (const [name, file, chosen] of [
    ["an array of JSON", '[{"currency":"EUR"}]', {}],
    ["a page of HTML", "<!DOCTYPE html><html>", {}],
    ["CSV that is called NDJSON", plain, { format: "ndjson" }],
    ["NDJSON that is called CSV", '{"a":1}\n', { format: "csv" }],
  ] as const) {
    test(`refuses ${name}`, () => assert.throws(() => planOf(file, chosen), { code: "import_file.format_wrong" }));
  }
  for (const [name, delimiter] of [
    ["commas", ","],
    ["semicolons", ";"],
    ["tabs", "\t"],
  ] as const) {
    test(`knows cells between ${name}, whatever else stands in them`, () => {
      const names = ["order_id", "email", "currency", "product", "qty", "unit_price", '"a, b; c"'];
      const plan = planOf(`${names.join(delimiter)}\n1${delimiter.repeat(6)}\n`);
      assert.equal(plan.delimiter, delimiter);
      assert.equal(plan.columns.at(-1)?.name, "a, b; c");
    });
  }
  for (const line of ["sep=;", '"sep=;"', "SEP=;", "\ufeffsep=;"]) {
    test(`passes over ${JSON.stringify(line)}, which is for spreadsheets`, () => {
      const plan = planOf(`${line}\r\n${plain.replaceAll(",", ";")}`);
      assert.deepEqual([plan.delimiter, plan.header], [";", header.replaceAll(",", ";")]);
    });
  }
  test("takes the delimiter that is declared", () => {
    assert.throws(() => planOf(plain, { delimiter: ";" }), { code: "import_file.header_missing" });
  });
});

describe("recognizeFile: columns", () => {
  test("keeps the beginning of a name that is long: each fault of a row says it again", () => {
    const { columns } = planOf(plain.replace("unit_price", `unit${"_".repeat(50_000)}price`));
    assert.deepEqual([columns.at(-1)?.field, columns.at(-1)?.name.length], ["unit_price", 201]);
  });
  test("knows the names that shops use, in any case and with any marks", () => {
    const names = "Order-ID;E-Mail;CURRENCY;Product Name;Qty.;unit price;Freight;OrderDate;Order_Total;Colour";
    const plan = planOf(`${names}\n${";".repeat(9)}x\n`);
    assert.deepEqual(fieldsOf(plan), {
      "Order-ID": "order_reference",
      "E-Mail": "customer_email",
      CURRENCY: "currency",
      "Product Name": "product_name",
      "Qty.": "quantity",
      "unit price": "unit_price",
      Freight: "shipping",
      OrderDate: "ordered_at",
      Order_Total: "order_total",
      Colour: "ignore",
    });
    assert.deepEqual(
      plan.columns.filter(({ recognized }) => !recognized).map(({ name }) => name),
      ["Colour"],
    );
    assert.deepEqual([plan.dialect, plan.grouping], ["plain", "by_reference"]);
  });
  test("knows Japanese names, in any width", () => {
    const names = "注文番号,メールアドレス,お名前,通貨,商品名,数量,単価,送料,割引,消費税,合計,注文日,ﾒｰﾙ,商品コード";
    const plan = planOf(`${names.replace(",ﾒｰﾙ", "")}\n${",".repeat(12)}x\n`);
    assert.deepEqual(
      plan.columns.map(({ field }) => field),
      [
        ...["order_reference", "customer_email", "customer_name", "currency", "product_name", "quantity", "unit_price"],
        ...["shipping", "order_discount", "order_tax", "order_total", "ordered_at", "sku"],
      ],
    );
    assert.throws(() => planOf(`${names}\n${",".repeat(13)}x\n`), {
      code: "import_file.columns_ambiguous",
      details: { field: "customer_email", names: ['"メールアドレス"', '"ﾒｰﾙ"'] },
    });
  });
  test("takes a name for the customer's beside a product, and for nothing where it may be the product's", () => {
    const row = "a,b,c,d,e,f\n";
    assert.equal(fieldsOf(planOf(`email,currency,qty,price,product,Name\n${row}`)).Name, "customer_name");
    assert.equal(fieldsOf(planOf(`email,currency,qty,price,sku,Name\n${row}`)).Name, "ignore");
    const mapping = { Name: "ignore" } as const;
    assert.equal(fieldsOf(planOf(`email,currency,qty,price,product,Name\n${row}`, { mapping })).Name, "ignore");
  });
  test("takes a date for the order's where no other column is", () => {
    const row = "a@example.com,EUR,1,2,3,x\n";
    assert.equal(fieldsOf(planOf(`email,currency,qty,price,sku,Date\n${row}`)).Date, "ordered_at");
    const two = `email,currency,qty,price,sku,Date,Order date\n${row}`;
    assert.deepEqual(Object.values(fieldsOf(planOf(two))).slice(-2), ["ignore", "ordered_at"]);
  });
  test("takes the mapping's word, and leaves out what only looks like the same", () => {
    const file = "ref,email,currency,product,qty,unit_price,price\n1,a@example.com,EUR,Tea,1,2,3\n";
    const plan = planOf(file, { mapping: { REF: "order_reference", price: "unit_price" } });
    assert.equal(fieldsOf(plan).ref, "order_reference");
    assert.equal(fieldsOf(plan).price, "unit_price");
    assert.equal(fieldsOf(plan).unit_price, "ignore");
    assert.throws(() => planOf(file), { code: "import_file.columns_ambiguous" });
  });
  test("refuses a mapping of a column that is not there", () => {
    assert.throws(() => planOf(plain, { mapping: { Menge: "quantity" } }), {
      code: "import_file.mapping_unknown",
      message: /"Menge", which the file does not have. It has "order_id", "email"/,
    });
  });
  test("refuses two columns for one field in the mapping", () => {
    assert.throws(() => planOf(plain, { mapping: { product: "sku", email: "sku" } }), {
      code: "import_file.columns_ambiguous",
    });
  });
  test("says all that is missing, and what was found", () => {
    assert.throws(() => planOf("order_id,product\n1,Tea\n", { grouping: "by_reference" }), {
      code: "import_file.columns_missing",
      message: /`quantity`.*`unit_price`.*`currency`.*`customer_email`.*It has "order_id", "product"/,
    });
    assert.throws(() => planOf("email,currency,sku,qty,price\na,b,c,d,e\n", { grouping: "by_reference" }), {
      message: /lacks the order's reference \(`order_reference`\)\./,
    });
  });
  test("does without a currency and addresses when the options say so", () => {
    const plan = planOf("sku,qty,price\nTEA,1,2\n", { currency: "EUR", missing_email: "accept" });
    assert.equal(plan.grouping, "row_is_order");
  });
  test("says that a file without a header has none", () => {
    assert.throws(() => planOf(`${row}\n${row}\n`), {
      code: "import_file.header_missing",
      message: /"ann@example.com"/,
    });
  });
  test("refuses a name that stands twice, and lets empty ones pass", () => {
    assert.throws(() => planOf(`${header},email\n${row},x\n`), {
      code: "import_file.header_repeated",
      details: { name: "email" },
    });
    assert.equal(planOf(`${header},,\n${row},,\n`).columns.length, 8);
  });
  test("refuses 501 columns and a million, and takes 500", () => {
    const wide = (columns: number) => {
      const names = Array.from({ length: columns - 6 }, (_, index) => `c${index}`).join(",");
      return `${header},${names}\n${row}\n`;
    };
    assert.equal(planOf(wide(500)).columns.length, 500);
    assert.throws(() => planOf(wide(501)), { code: "import_file.too_many_columns" });
    const million = Buffer.from(wide(1_000_000)).subarray(0, sampleBytes);
    assert.throws(() => planOf(million), { code: "import_file.too_many_columns" });
  });
  test("refuses a header that is broken or does not end", () => {
    assert.throws(() => planOf(`order_id,"email\n${row}\n`), { code: "import_file.header_broken" });
    assert.throws(() => planOf("x".repeat(sampleBytes)), { code: "import_file.header_broken" });
  });
  test("knows Shopify's export and ours", () => {
    const shopify = "Name,Email,Financial Status,Currency,Total,Lineitem quantity,Lineitem name,Lineitem price";
    assert.deepEqual(
      [planOf(`${shopify}\n#1001\n`).dialect, planOf(`${shopify}\n#1001\n`).grouping],
      ["shopify", "by_reference"],
    );
    const own = "order_uuid,order_number,customer_email,currency,line,product_name,quantity,unit_price,order_total";
    assert.equal(planOf(`${own}\nx\n`).dialect, "orderwell");
  });
});

describe("checkImportOptions", () => {
  test("refuses a time zone and a currency that there are not", () => {
    assert.throws(() => checkImportOptions(importOptions({ time_zone: "Mars/Olympus" })), {
      code: "import_file.time_zone_unknown",
    });
    assert.throws(() => checkImportOptions(importOptions({ currency: "ABC" })), {
      code: "import_file.currency_unknown",
    });
    assert.equal(checkImportOptions(importOptions({ time_zone: "Asia/Tokyo", currency: "JPY" })), undefined);
  });
});
