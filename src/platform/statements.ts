/** A value that a statement can be given: bound, never written into its text. */
export type Value = string | number | bigint | boolean | Date | null | Uint8Array | readonly Value[];
export type Params = Readonly<Record<string, Value>>;

/** A statement as it is declared: its name serves as prepared statement, span and log field. */
export interface Text {
  readonly name: string;
  /** As written, with `:named` parameters. */
  readonly source: string;
  /** As sent, with `$1` parameters. */
  readonly sent: string;
  readonly parameters: readonly string[];
}

const declared = new Map<string, Text>();

/** Every statement declared so far, for the tests that plan them all. */
export function listStatements(): readonly Text[] {
  return [...declared.values()];
}

// A name after one colon; two colons are a cast.
const namedParameter = /(?<![:\w]):([a-z][A-Za-z0-9]*)/g;

/** PostgreSQL cuts longer names, and two cut ones would be taken for one statement. */
const longestName = 63;

/** Turns `:name` into `$n` once and remembers the statement under its name, which must be new. */
export function declareStatement(name: string, source: string): Text {
  if (declared.has(name)) throw new Error(`The statement ${name} is declared twice.`);
  if (name.length > longestName)
    throw new Error(`The statement name ${name} is longer than ${longestName} characters.`);
  const parameters: string[] = [];
  const sent = source.replace(namedParameter, (_, parameter: string) => {
    if (!parameters.includes(parameter)) parameters.push(parameter);
    return `$${parameters.indexOf(parameter) + 1}`;
  });
  const text = { name, source, sent, parameters };
  declared.set(name, text);
  return text;
}

/**
 * An array as PostgreSQL writes it. Our own, since the driver's quotes every number: 3 times slower on wide sets. By
 * index: an order sends 150 elements, and pairs of index and value took five times as long (bench/README.md).
 */
function arrayLiteral(values: readonly Value[]): string {
  let text = "{";
  for (let index = 0; index < values.length; index += 1) {
    if (index > 0) text += ",";
    text += elementLiteral(values[index] as Value);
  }
  return `${text}}`;
}

const knownTimes = new Map<number, string>();
const mostKnownTimes = 64;

/** The times of a set are few: when it was placed, and when its orders were made or paid elsewhere. */
function timeText(time: Date): string {
  const known = knownTimes.get(time.getTime());
  if (known !== undefined) return known;
  if (knownTimes.size >= mostKnownTimes) knownTimes.clear();
  const text = time.toISOString();
  knownTimes.set(time.getTime(), text);
  return text;
}

function elementLiteral(value: Value): string {
  if (value === null) return "NULL";
  switch (typeof value) {
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    case "string":
      return quoted(value);
  }
  if (value instanceof Date) return `"${timeText(value)}"`;
  if (value instanceof Uint8Array) return `"\\\\x${Buffer.from(value).toString("hex")}"`;
  return arrayLiteral(value);
}

// Not by a regular expression: of all that is quoted, the events' data has the most quotes, and it takes twice as long.
function quoted(text: string): string {
  const escaped = text.includes("\\") ? text.replaceAll("\\", "\\\\") : text;
  return `"${escaped.includes('"') ? escaped.replaceAll('"', '\\"') : escaped}"`;
}

/** A value as PostgreSQL reads it where it stands alone. */
export function plainText(value: Exclude<Value, null>): string {
  if (Array.isArray(value)) return arrayLiteral(value);
  if (value instanceof Date) return timeText(value);
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString("hex")}`;
  return String(value);
}

function sentValue(value: Value | undefined, parameter: string, name: string): unknown {
  if (value === undefined) throw new Error(`${name} was run without its parameter ${parameter}.`);
  if (Array.isArray(value)) return arrayLiteral(value);
  if (value instanceof Date) return timeText(value);
  return typeof value === "bigint" ? value.toString() : value;
}

/** The values in the order of the statement's `$n`. */
export function bindParameters(text: Text, params: Params): unknown[] {
  return text.parameters.map((parameter) => sentValue(params[parameter], parameter, text.name));
}

const camelNames = new Map<string, string>();

/** `order_id` as the code calls it: `orderId`. */
export function camelCase(column: string): string {
  let name = camelNames.get(column);
  if (name === undefined) {
    name = column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    camelNames.set(column, name);
  }
  return name;
}

/** Turns rows into the arrays that a set statement unnests: one for each name, in the rows' order. */
export function columnsOf<Row, Picks extends Readonly<Record<string, (row: Row) => Value>>>(
  rows: readonly Row[],
  picks: Picks,
): { [Name in keyof Picks]: ReturnType<Picks[Name]>[] } {
  const columns: Record<string, Value[]> = {};
  for (const name of Object.keys(picks)) {
    const pick = picks[name] as (row: Row) => Value;
    columns[name] = rows.map(pick);
  }
  return columns as { [Name in keyof Picks]: ReturnType<Picks[Name]>[] };
}
