import { type TNumberOptions, Type } from "typebox";

type RawJson = { rawJSON: string };
const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): RawJson };

/** A number that is written as this text: money of v1 as `formatMajor` gives it, never through a double. */
export function exactNumber(text: string): RawJson {
  return rawJSON(text);
}

function exactly(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? rawJSON(value.toString()) : value;
}

/** Writes an answer as JSON text with every bigint exact: for answers that are stored, or served without a schema. */
export function writeJson(value: unknown): string {
  return JSON.stringify(value, exactly);
}

/** The schema of a bigint that is an integer in JSON: the answer's serializer writes it exactly. */
export function BigInteger(options: TNumberOptions = {}) {
  return Type.Unsafe<bigint>(Type.Integer(options));
}
