/** What a JSON text tells before it is parsed. */
export interface JsonShape {
  /** How deep arrays and objects lie in each other. */
  readonly depth: number;
  /** How many members its objects have, those with repeated names counted each time. */
  readonly members: number;
  /** How many values it has, as far as commas and members tell. */
  readonly values: number;
  /** A string has an escape of the form `\uXXXX`: only these can make NUL or half of a surrogate pair. */
  readonly escapes: boolean;
  /** A number has a fraction, an exponent or more digits than a double always keeps. */
  readonly inexact: boolean;
  /** Where the digits of each number begin, in the order of the text. */
  readonly numbers: readonly number[];
}

const none = 0;
const quote = 1;
const opening = 2;
const closing = 3;
const colon = 4;
const comma = 5;
const digit = 6;
const pointOrExponent = 7;
const sign = 8;

const asciiCodes = 128;

/** The kind of every character that counts outside strings; all others are 0. */
const kinds = new Uint8Array(asciiCodes);
for (const [characters, kind] of [
  ['"', quote],
  ["[{", opening],
  ["]}", closing],
  [":", colon],
  [",", comma],
  ["0123456789", digit],
  [".eE", pointOrExponent],
  ["+-", sign],
] as const) {
  for (const character of characters) kinds[character.charCodeAt(0)] = kind;
}

const quoteCode = 0x22;
const backslash = 0x5c;
const letterU = 0x75;
const longestExactDigits = 15; // Every integer of so many digits is exact in a double.

function kindOf(code: number): number {
  return code < asciiCodes ? (kinds[code] as number) : none;
}

/** Where the number that begins at `start` ends. */
function endOfNumber(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && kindOf(text.charCodeAt(at)) >= digit) at += 1;
  return at;
}

class Scan implements JsonShape {
  depth = 0;
  members = 0;
  values = 0;
  escapes = false;
  inexact = false;
  readonly numbers: number[] = [];
  #open = 0;

  /** Answers where the closing quote of the string that begins before `start` is. */
  endOfString(text: string, start: number): number {
    for (let at = start; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === quoteCode) return at;
      if (code === backslash) {
        at += 1;
        if (text.charCodeAt(at) === letterU) this.escapes = true;
      }
    }
    return text.length;
  }

  /** Notes a number and answers where its last character is. */
  number(text: string, start: number): number {
    const end = endOfNumber(text, start);
    this.numbers.push(start);
    if (end - start > longestExactDigits) this.inexact = true;
    for (let at = start; at < end && !this.inexact; at += 1) {
      if (kindOf(text.charCodeAt(at)) === pointOrExponent) this.inexact = true;
    }
    return end - 1;
  }

  punctuation(kind: number): void {
    if (kind === opening) {
      this.#open += 1;
      if (this.#open > this.depth) this.depth = this.#open;
    } else if (kind === closing) {
      this.#open -= 1;
    } else if (kind === colon) {
      this.members += 1;
      this.values += 1;
    } else if (kind === comma) {
      this.values += 1;
    }
  }
}

/** Looks once over a JSON text without parsing it. For what is not JSON any answer will do: the parser refuses it. */
export function jsonShape(text: string): JsonShape {
  const scan = new Scan();
  for (let at = 0; at < text.length; at += 1) {
    const kind = kindOf(text.charCodeAt(at));
    if (kind === none) continue;
    if (kind === quote) at = scan.endOfString(text, at + 1);
    else if (kind === digit) at = scan.number(text, at);
    else scan.punctuation(kind);
  }
  return scan;
}

/** The number that begins at `start` as it is written, with its minus. */
export function numberAt(text: string, start: number): string {
  return text.slice(text[start - 1] === "-" ? start - 1 : start, endOfNumber(text, start));
}
