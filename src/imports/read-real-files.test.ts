import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type FileRead, readFile } from "../../test/support/read-file.ts";
import { northwindFile, retailFile } from "../../test/support/real-files.ts";
import { readOrderDraft } from "../orders/index.ts";
import type { ReadOrder } from "./reading.ts";

/** What an order comes to once it is placed. */
function totalOf({ draft }: ReadOrder): bigint | undefined {
  if (draft === null) return undefined;
  const read = readOrderDraft(draft, { missingEmail: "accept", zeroPrice: "accept" });
  if ("faults" in read) throw new Error(read.faults.map(({ detail }) => detail).join(" "));
  const { items, discountMinor, taxMinor, shippingMinor } = read.order;
  return items.reduce((sum, item) => sum + item.lineTotalMinor, 0n) - discountMinor + taxMinor + shippingMinor;
}

function totalsOf({ orders }: FileRead): Map<string | null, bigint | undefined> {
  return new Map(orders.map((order) => [order.reference, totalOf(order)]));
}

describe("Northwind", () => {
  test("gives every order its exact total, per-line net plus freight", async () => {
    const { text, options, totals } = northwindFile();
    const read = await readFile(text, options);
    assert.equal(read.orders.length, 830);
    assert.equal(read.orders.flatMap(({ rows }) => rows).length, 2_155);
    assert.deepEqual(totalsOf(read), totals);
  });
});

describe("Online Retail", () => {
  const { text, options, totals } = retailFile();

  /** Why each invoice was refused, by the kinds of its faults. */
  function reasonsOf({ orders }: FileRead): Record<string, string[]> {
    const refused = orders.filter(({ draft }) => draft === null);
    return Object.fromEntries(
      refused.map(({ reference, rows }) => [
        reference,
        [...new Set(rows.flatMap(({ faults }) => faults.map(({ code }) => code)))],
      ]),
    );
  }

  test("gives every accepted invoice its exact total, and a reason to every other", async () => {
    const read = await readFile(text, options);
    assert.equal(read.orders.flatMap(({ rows }) => rows).length, 1_122);
    assert.equal(read.orders.length, totals.size);
    const nothing = ["product_missing", "price_zero"];
    assert.deepEqual(reasonsOf(read), {
      563101: nothing,
      563102: nothing,
      563105: nothing,
      563106: nothing,
      563108: nothing,
      563148: ["quantity_negative", ...nothing],
      C563107: ["cancellation"],
      C563109: ["cancellation"],
      A563186: ["price_negative"],
      A563187: ["price_negative"],
    });
    const accepted = [...totalsOf(read)].filter(([, total]) => total !== undefined);
    assert.equal(accepted.length, 51);
    for (const [reference, total] of accepted) assert.equal(total, totals.get(reference ?? ""), reference ?? "");
  });
  test("drops what is declared to be dropped, and nothing else", async () => {
    const read = await readFile(text, { ...options, cancellations: "drop", negative_quantity: "drop_line" });
    const dropped = read.orders.flatMap(({ reference, rows }) =>
      rows.filter((row) => row.dropped).map(() => reference),
    );
    const returns = ["C563107", "C563107", "C563107", "C563107", "C563109", "C563109"];
    assert.deepEqual(dropped, [...returns, "563148"]);
  });
  test("reads the same from a file with tabs, CR LF and UTF-16", async () => {
    const tabs = text.split("\n").map((line) => (line.includes('"') ? line : line.replaceAll(",", "\t")));
    const kept = tabs.filter((line) => !line.includes('"')).join("\r\n");
    const read = await readFile(Buffer.from(`\ufeff${kept}`, "utf16le"), options);
    assert.deepEqual([read.plan.encoding, read.plan.delimiter], ["utf-16le", "\t"]);
    const plain = await readFile(
      text
        .split("\n")
        .filter((line) => !line.includes('"'))
        .join("\n"),
      options,
    );
    assert.deepEqual(totalsOf(read), totalsOf(plain));
  });
});
