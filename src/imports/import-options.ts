import { type Static, type TSchema, Type } from "typebox";

/** What a column of a file can be. */
export const fields = [
  "ignore",
  "order_reference",
  "order_uid",
  "source",
  "customer_email",
  "customer_name",
  "customer_reference",
  "locale",
  "currency",
  "ordered_at",
  "cancelled_at",
  "payment_status",
  "payment_reference",
  "paid_at",
  "order_refunded",
  "order_discount",
  "order_tax",
  "shipping",
  "order_total",
  "sku",
  "product_name",
  "quantity",
  "unit_price",
  "line_discount",
  "line_discount_rate",
  "line_tax",
  "line_total",
] as const;
export type Field = (typeof fields)[number];

const choice = <Word extends string>(words: readonly [Word, ...Word[]], description: string) =>
  Type.Enum([...words], { default: words[0], description: `${description} \`${words[0]}\` when left out.` });
const whenLeftOut = / `[^`]+` when left out\.$/;

export const mostColumns = 500; // A file with more is refused as well.

/** How a file is read and what becomes of its orders. Options and content together say which file it is. */
export const ImportOptions = Type.Object(
  {
    source: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description:
          "Whose order references these are; when left out what our own export says, else the API key's name.",
      }),
    ),
    format: choice(["auto", "csv", "ndjson", "shopify", "orderwell"], "What kind of file it is."),
    encoding: choice(
      ["auto", "utf-8", "utf-16le", "utf-16be", "shift_jis", "windows-1252"],
      "How its text is encoded.",
    ),
    delimiter: choice(["auto", ",", ";", "\t"], "What stands between cells."),
    grouping: choice(
      ["auto", "by_reference", "row_is_order"],
      "Whether rows with one reference are one order, or each row is.",
    ),
    mapping: Type.Optional(
      Type.Record(Type.String({ minLength: 1, maxLength: 200 }), Type.Enum([...fields]), {
        maxProperties: mostColumns,
        description: "What columns are, by the name in the header; the others are recognized by name.",
      }),
    ),
    locale: choice(
      ["iso", "en-US", "en-GB", "de-DE", "fr-FR", "ja-JP"],
      "How numbers and dates are written: `iso` is 1234.50 and 2025-04-03, nothing else.",
    ),
    time_zone: Type.String({ default: "UTC", maxLength: 64, description: "IANA time zone of times without one." }),
    currency: Type.Optional(Type.String({ pattern: "^[A-Z]{3}$", description: "Of rows that name none." })),
    negative_quantity: choice(["reject", "drop_line"], "What becomes of lines with a negative quantity."),
    cancellations: choice(
      ["reject", "drop"],
      "What becomes of cancellations: `C…` references with negative quantities, or a date of cancellation.",
    ),
    zero_price: choice(["reject", "accept"], "Whether a line may cost nothing."),
    missing_email: choice(["reject", "accept"], "Whether a customer may have no address; nothing is sent then."),
    tax: choice(["added", "included"], "Whether taxes are added to prices, or contained in them and left out."),
    payment: choice(
      ["none", "recorded", "charge"],
      "Nothing, what was paid elsewhere is recorded, or the gateway is asked.",
    ),
    pay_within_hours: Type.Integer({
      minimum: 1,
      maximum: 87_600,
      default: 720,
      description: "How long an order may stay unpaid before it is cancelled.",
    }),
    notify: Type.Boolean({ default: false, description: "Whether customers are told." }),
    auto_start: Type.Boolean({ default: false, description: "Whether it starts by itself when the check is done." }),
  },
  { additionalProperties: false, title: "ImportOptions" },
);
export type ImportOptions = Static<typeof ImportOptions>;

/** Each option alone, without what holds when it is left out. */
const settled = Object.fromEntries(
  Object.entries(ImportOptions.properties as Readonly<Record<string, TSchema & Described>>).map(([name, given]) => {
    const { default: _, description = "", ...schema } = given;
    return [name, Type.Optional({ ...schema, description: description.replace(whenLeftOut, "") } as TSchema)];
  }),
);

interface Described {
  readonly default?: unknown;
  readonly description?: string;
}

/** Options to change; the others stay as they are. */
export const ImportOptionChanges = Type.Unsafe<Partial<ImportOptions>>(
  Type.Object(settled, { additionalProperties: false, title: "ImportOptionChanges" }),
);

/** Options as they are answered: all of them, but for those that have no value. */
export const GivenImportOptions = Type.Unsafe<ImportOptions>(
  Type.Object(settled, { additionalProperties: true, title: "GivenImportOptions" }),
);
