import { between, chance, type Dice, oneOf } from "./choose.ts";
import type { Schema } from "./read-operations.ts";

/** Values that are known to be there, by the name of the member or parameter that may have them. */
export type Known = (name: string) => readonly unknown[];

const fewestTried = 20; // A pattern that this many tries do not meet is left to the examples.
const deepest = 8;

export interface Making {
  readonly dice: Dice;
  readonly known: Known;
}

/**
 * Makes a value that a schema takes, mostly. What the schema does not say, such as which currencies there are, is chosen
 * from what is known of the name.
 */
export function makeValue(schema: Schema, name: string, making: Making, depth = 0): unknown {
  const { dice, known } = making;
  const candidates = known(name).flatMap((value) => [value, String(value)].filter((one) => hasType(schema, one)));
  if (candidates.length > 0 && chance(dice, 0.9)) return oneOf(dice, candidates);
  if (schema.examples && schema.examples.length > 0 && chance(dice, 0.4)) return oneOf(dice, schema.examples);
  if (schema.const !== undefined) return schema.const;
  return makeForm(schema, name, making, depth);
}

function makeForm(schema: Schema, name: string, making: Making, depth: number): unknown {
  const { dice } = making;
  if (schema.enum) return oneOf(dice, schema.enum);
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms) return makeValue(oneOf(dice, forms), name, making, depth);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((one) => makeValue(one, name, making, depth)));
  switch (typeOf(schema)) {
    case "object":
      return makeObject(schema, making, depth);
    case "array":
      return makeArray(schema, name, making, depth);
    case "string":
      return makeText(schema, dice);
    case "integer":
      return makeInteger(schema, dice);
    case "number":
      return makeInteger(schema, dice) + (chance(dice, 0.3) ? between(dice, 1, 9) / 10 : 0);
    case "boolean":
      return chance(dice, 0.5);
    default:
      return null;
  }
}

function makeObject({ properties = {}, required = [] }: Schema, making: Making, depth: number): object {
  const wanted = Object.entries(properties).filter(
    ([name]) => required.includes(name) || (depth < deepest && chance(making.dice, 0.5)),
  );
  return Object.fromEntries(wanted.map(([name, member]) => [name, makeValue(member, name, making, depth + 1)]));
}

function makeArray({ items = {}, minItems = 0, maxItems = 5 }: Schema, name: string, making: Making, depth: number) {
  const length = between(making.dice, minItems, Math.min(maxItems, minItems + 3));
  return Array.from({ length }, () => makeValue(items, name, making, depth + 1));
}

function typeOf({ type, properties, items }: Schema): string | undefined {
  if (typeof type === "string") return type;
  if (type) return type[0];
  if (properties) return "object";
  return items ? "array" : undefined;
}

function hasType(schema: Schema, value: unknown): boolean {
  if (schema.enum) return schema.enum.includes(value);
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms) return forms.some((form) => hasType(form, value));
  const type = typeOf(schema);
  if (type === "integer" || type === "number") return typeof value === "number";
  if (type !== "string" || typeof value !== "string") return false;
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, "u").test(value)) return false;
  return value.length <= (schema.maxLength ?? Number.POSITIVE_INFINITY);
}

const letters = "abcdefghijklmnopqrstuvwxyz";
const words = ["Tea", "田中太郎", "Ann", "ノートPC", "Zoë", "Łukasz", "名前 with space", "😀"];

function makeText({ pattern, format, minLength = 0, maxLength = 40 }: Schema, dice: Dice): string {
  if (format === "email") return `${word(dice, 8)}@example.com`;
  if (format === "uuid") return "2ed6657d-e927-568b-95e1-2665a8aea6a2";
  if (format === "date-time") return "2026-11-23T12:00:00Z";
  if (format === "date") return "2026-11-23";
  if (pattern !== undefined) return textOfPattern(pattern, dice);
  const plain = oneOf(dice, words);
  if (plain.length >= minLength && plain.length <= maxLength && chance(dice, 0.7)) return plain;
  return word(dice, between(dice, minLength, Math.min(maxLength, minLength + 20)));
}

function word(dice: Dice, length: number): string {
  return Array.from({ length }, () => oneOf(dice, [...letters])).join("");
}

function makeInteger({ minimum, exclusiveMinimum, maximum }: Schema, dice: Dice): number {
  const from = minimum ?? (exclusiveMinimum === undefined ? 0 : Math.floor(exclusiveMinimum) + 1);
  const to = maximum ?? from + 1000;
  if (chance(dice, 0.1)) return oneOf(dice, [from, to]);
  return between(dice, from, Math.min(to, from + 100));
}

const piece = /(\[[^\]]+\]|\\[dw]|[^\\^$*+?{}()|[\].])(?:\{(\d+)(?:,(\d*))?\}|([*+?]))?/gy;
const anyCharacters = [..."0123456789", ...letters, ...letters.toUpperCase(), ..."-_.:"];

/** A text of a pattern that is a row of characters and classes, each so many times; of others only what luck gives. */
function textOfPattern(pattern: string, dice: Dice): string {
  const expression = new RegExp(pattern, "u");
  const pieces = [...pattern.replace(/^\^|\$$/g, "").matchAll(piece)];
  for (let tried = 0; tried < fewestTried; tried += 1) {
    const text = pieces.map((one) => textOfPiece(one, dice)).join("");
    if (expression.test(text)) return text;
  }
  return word(dice, 8);
}

function textOfPiece([, one = "", low, high, sign]: RegExpMatchArray, dice: Dice): string {
  const from = low === undefined ? (sign === "*" || sign === "?" ? 0 : 1) : Number(low);
  const to = sign === "*" || sign === "+" ? from + 5 : Number(high || low || 1);
  const fits = one.length > 1 ? anyCharacters.filter((character) => new RegExp(`^${one}$`).test(character)) : [one];
  return Array.from({ length: between(dice, from, Math.max(from, to)) }, () => oneOf(dice, fits)).join("");
}
