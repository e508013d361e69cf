import { isUtf8 } from "node:buffer";
import { invalidInput, unreadableBody } from "./http-errors.ts";
import { type JsonShape, jsonShape, numberAt } from "./json-shape.ts";
import { pointerOf } from "./pointer.ts";

const deepest = 64; // No body of ours is deeper than six; whoever walks a parsed body by recursion is safe.
const mostValues = 60_000; // An order of 1,000 lines has 4,000; so many floats take 30 ms (2026-11-23), when nobody else is served.

type Holder = Record<string, unknown>;

/** The numbers of an object or array as they were written, where a double may not have kept them. */
const written = new WeakMap<object, Map<string, string>>();

function remember(holder: object, key: string, source: string): void {
  const numbers = written.get(holder);
  if (numbers) numbers.set(key, source);
  else written.set(holder, new Map([[key, source]]));
}

/** A double that stands for a number which it is not: without end, or zero for something small. */
function isOutOfRange(value: number, source: string): boolean {
  return !Number.isFinite(value) || (value === 0 && /[1-9]/.test(source.replace(/[eE].*/, "")));
}

function faultOfText(text: string): string | undefined {
  if (text.includes("\u0000")) return "Must not contain the character NUL.";
  return text.isWellFormed() ? undefined : "Must not contain half of a surrogate pair.";
}

const isIndex = /^(0|[1-9]\d*)$/;

/** Walks once over a parsed body, in the order of its text: counts names, and looks for what must not be in it. */
class Walk {
  members = 0;
  fault: string | undefined;
  /** Where the fault is, from the inside out. */
  readonly path: string[] = [];
  #number = 0;
  readonly #text: string;
  readonly #shape: JsonShape;

  constructor(text: string, shape: JsonShape) {
    this.#text = text;
    this.#shape = shape;
  }

  visit(value: unknown): void {
    if (typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length && this.fault === undefined; index += 1) this.#member(value, index);
      return;
    }
    for (const name of Object.keys(value)) {
      this.members += 1;
      this.#name(name);
      if (this.fault === undefined) this.#member(value as Holder, name);
      else this.path.push(name);
      if (this.fault !== undefined) return;
    }
  }

  #name(name: string): void {
    if (name === "__proto__") this.fault = "Must not be named __proto__.";
    // JSON.parse moves such names before the others; numbers would be taken for each other.
    else if (this.#shape.inexact && isIndex.test(name)) this.fault = "Must not be named by a number.";
    else if (this.#shape.escapes) this.fault = faultOfText(name);
  }

  #member(holder: Holder | unknown[], key: string | number): void {
    const value = (holder as Holder)[key];
    if (typeof value === "object") this.visit(value);
    else if (typeof value === "string" && this.#shape.escapes) this.fault = faultOfText(value);
    else if (typeof value === "number" && this.#shape.inexact) this.#keep(holder, String(key), value);
    if (this.fault !== undefined) this.path.push(String(key));
  }

  #keep(holder: object, key: string, value: number): void {
    const source = numberAt(this.#text, this.#shape.numbers[this.#number] as number);
    this.#number += 1;
    if (isOutOfRange(value, source)) this.fault = "Is out of the range of numbers.";
    else if (!Number.isSafeInteger(value) || source !== String(value)) remember(holder, key, source);
  }
}

/** Where the text stops being JSON, as far as the parser says so; what stands there may be somebody's name. */
function whereOf(error: unknown): string {
  const said = error instanceof Error ? error.message : "";
  if (said.includes("end of JSON input")) return ": it ends too early";
  const [, place] = /at position \d+ \((line \d+ column \d+)\)/.exec(said) ?? [];
  return place === undefined ? "" : `: look at ${place}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadableBody({ why: `The body is not valid JSON${whereOf(error)}.` });
  }
}

/**
 * Reads a request's body and refuses what a plain parser lets pass: bytes that are not UTF-8, names given twice, NUL
 * and lone surrogates, `__proto__`, numbers out of range, and texts too deep or with too many values.
 *
 * Costs a plain parse, one look over the text and one walk over the value: 2 µs for an order of two lines where a plain
 * parse takes 1; `JSON.parse` with a reviver, which knows the source of a number too, took 8 (2026-11-23).
 * @throws http.unreadable_body, http.invalid_input
 */
export function parseStrictJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw unreadableBody({ why: "The body is not valid UTF-8." });
  const text = bytes.toString("utf8");
  const shape = jsonShape(text);
  if (shape.depth > deepest) throw unreadableBody({ why: `The body is nested deeper than ${deepest} levels.` });
  if (shape.values > mostValues) throw unreadableBody({ why: `The body has more than ${mostValues} values.` });

  const value = parse(text);
  const walk = new Walk(text, shape);
  walk.visit([value]);
  if (walk.fault !== undefined) {
    const pointer = pointerOf(walk.path.reverse().slice(1));
    throw invalidInput({ what: "body" }, { faults: [{ pointer, detail: walk.fault }] });
  }
  if (walk.members !== shape.members) throw unreadableBody({ why: "An object in the body has a name twice." });
  return value;
}

/**
 * The number `holder[key]` of a parsed body exactly as it was written: `"89800.0"`, `"9007199254740993"`.
 * Takes the very object that was parsed; a copy has lost the text, and throws where the double may not be exact.
 */
export function exactText(holder: object, key: string): string {
  const value = (holder as Holder)[key];
  if (typeof value !== "number") throw new TypeError(`${key} is not a number.`);
  const source = written.get(holder)?.get(key);
  if (source !== undefined) return source;
  if (!Number.isSafeInteger(value))
    throw new TypeError(`${key} was not parsed from a request, or its holder was copied.`);
  return String(value);
}
