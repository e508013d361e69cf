import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import type { ImportOptions } from "../../src/imports/import-options.ts";

type Row = Record<string, string>;

function rowsOf(...path: string[]): Row[] {
  return parse(textOf(...path), { columns: true, bom: true });
}

function textOf(...path: string[]): string {
  return readFileSync(join(import.meta.dirname, "../data", ...path), "utf8");
}

/** A file as a shop would upload it, how it says that it is to be read, and what each order must come to in cents. */
export interface RealFile {
  readonly text: string;
  readonly options: Partial<ImportOptions>;
  readonly totals: ReadonlyMap<string, bigint>;
}

function centsOf(amount: string | undefined): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{1,2})0*)?$/.exec(amount ?? "");
  if (!match) throw new Error(`${amount} is no amount.`);
  const cents = BigInt(`${match[2]}${(match[3] ?? "").padEnd(2, "0")}`);
  return match[1] === "-" ? -cents : cents;
}

/** Every order of Northwind as one file with a row for each line: discounts are rates, the freight is on each row. */
export function northwindFile(): RealFile {
  const orders = new Map(rowsOf("northwind", "orders.csv").map((row) => [row.order_id, row]));
  const products = new Map(rowsOf("northwind", "products.csv").map((row) => [row.product_id, row]));
  const customers = new Map(rowsOf("northwind", "customers.csv").map((row) => [row.customer_id, row]));
  const rows = rowsOf("northwind", "order_details.csv").map((line) => {
    const order = orders.get(line.order_id);
    const customer = customers.get(order?.customer_id);
    return {
      order_id: line.order_id,
      order_date: order?.order_date,
      customer_id: order?.customer_id,
      company_name: customer?.company_name,
      product_id: line.product_id,
      product_name: products.get(line.product_id)?.product_name,
      unit_price: line.unit_price,
      quantity: line.quantity,
      discount: line.discount,
      freight: order?.freight,
    };
  });
  const totals = rowsOf("northwind", "expected_order_totals.csv").map(
    (row) => [row.order_id ?? "", centsOf(row.net_rounded_per_line_half_up) + centsOf(row.freight)] as const,
  );
  return {
    text: stringify(rows, { header: true }),
    options: {
      currency: "USD",
      missing_email: "accept",
      mapping: { discount: "line_discount_rate", company_name: "customer_name" },
    },
    totals: new Map(totals),
  };
}

/** A day of a retailer as it is: nobody has an address, some rows take back, correct or cost nothing. */
export function retailFile(): RealFile {
  const totals = rowsOf("online-retail", "2011-08-12.expected-invoices.csv").map(
    (row) => [row.InvoiceNo ?? "", centsOf(row.total_exact)] as const,
  );
  return {
    text: textOf("online-retail", "2011-08-12.csv"),
    options: { currency: "GBP", missing_email: "accept", time_zone: "Europe/London" },
    totals: new Map(totals),
  };
}
