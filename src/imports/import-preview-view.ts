import { type Static, Type } from "typebox";
import { fields } from "./import-options.ts";
import type { ImportPreview } from "./preview-import.ts";
import type { FilePlan } from "./reading.ts";

const count = (description: string, example: number) => Type.Integer({ minimum: 0, description, examples: [example] });

const ImportPlan = Type.Object(
  {
    format: Type.Enum(["csv", "ndjson"], { examples: ["csv"] }),
    dialect: Type.Enum(["plain", "shopify", "orderwell"], { description: "Whose export it is.", examples: ["plain"] }),
    encoding: Type.Enum(["utf-8", "utf-16le", "utf-16be", "shift_jis", "windows-1252"], { examples: ["utf-8"] }),
    delimiter: Type.String({ examples: [","] }),
    grouping: Type.Enum(["by_reference", "row_is_order"], {
      description: "Whether rows with one reference are one order, or each row is.",
      examples: ["by_reference"],
    }),
    columns: Type.Array(
      Type.Object(
        {
          name: Type.String({ description: "As the header has it.", examples: ["Order"] }),
          field: Type.Enum([...fields], { description: "What it is taken for.", examples: ["order_reference"] }),
          recognized: Type.Boolean({
            description: "Its name told; otherwise the mapping did, or nothing and it is ignored.",
            examples: [true],
          }),
        },
        { title: "ImportColumn" },
      ),
    ),
  },
  { title: "ImportPlan", description: "How the file is understood." },
);

const RawRow = Type.Object(
  {
    row: count("Counted from 1, without the header.", 1),
    line: count("The line of the file on which it begins.", 2),
    text: Type.String({
      description: "As it stands in the file.",
      examples: ["A-1,ann@example.com,MUG,Mug,2,5.00,EUR"],
    }),
  },
  { title: "RawImportRow" },
);

const draftExample = {
  external_reference: "A-1",
  customer_email: "ann@example.com",
  currency: "EUR",
  items: [{ sku: "MUG", product_name: "Mug", quantity: 2, unit_price: 500 }],
};

export const ImportPreviewView = Type.Object(
  {
    plan: Type.Union([ImportPlan, Type.Null()], { description: "Null until the file was looked at." }),
    orders: Type.Array(
      Type.Object(
        {
          row: count("The number of its first row.", 1),
          reference: Type.Union([Type.String(), Type.Null()], { examples: ["A-1"] }),
          draft: Type.Union(
            [
              Type.Unsafe<object>(
                Type.Object({}, { additionalProperties: true, title: "UnderstoodOrder", examples: [draftExample] }),
              ),
              Type.Null(),
            ],
            { description: "The order as it will be placed; null when something is wrong with it." },
          ),
          rows: Type.Array(RawRow),
        },
        { title: "PreviewedOrder" },
      ),
      { description: "The first orders of the file." },
    ),
    faults: Type.Array(
      Type.Object(
        {
          code: Type.String({ examples: ["quantity_negative"] }),
          column: Type.Union([Type.String(), Type.Null()], { examples: ["Qty"] }),
          rows: count("How many rows have it.", 2),
        },
        { title: "FaultCount" },
      ),
      { description: "What is wrong, by kind and column." },
    ),
    duplicates: count("Orders that are there already.", 0),
    same_content: Type.Array(
      Type.Object(
        {
          import_id: Type.String({ format: "uuid", examples: ["019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f"] }),
          source: Type.String({ examples: ["webshop"] }),
        },
        { title: "SameContent" },
      ),
      {
        description:
          "Imports of the same content under other sources, five at most, the newest first: their orders are other ones, and would be placed a second time.",
        examples: [[]],
      },
    ),
  },
  { title: "ImportPreview" },
);
type ImportPreviewView = Static<typeof ImportPreviewView>;

function planView({ format, dialect, encoding, delimiter, grouping, columns }: FilePlan) {
  const shown = columns.map(({ name, field, recognized }) => ({ name, field, recognized }));
  return { format, dialect, encoding, delimiter, grouping, columns: shown };
}

const longestText = 1_000; // Of a row: a preview is looked at.

export function previewView({ plan, orders, faults, duplicates, sameContent }: ImportPreview): ImportPreviewView {
  return {
    plan: plan === null ? null : planView(plan),
    orders: orders.map(({ orderNo, reference, draft, rows }) => ({
      row: orderNo,
      reference,
      draft,
      rows: rows.map(({ rowNo, line, raw }) => ({ row: rowNo, line, text: raw.slice(0, longestText) })),
    })),
    faults: faults.map(({ code, column, rows }) => ({ code, column, rows })),
    duplicates,
    same_content: sameContent.map(({ importUid, source }) => ({ import_id: importUid, source })),
  };
}
