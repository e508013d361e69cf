import { unreadableBody } from "./http-errors.ts";
import { gatherBytes, type Splitter } from "./split-lines.ts";

const space = 0x20;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const tab = 0x09;
const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Source: RFC 8259, section 2. */
function isSpace(byte: number): boolean {
  return byte === space || byte === lineFeed || byte === carriageReturn || byte === tab;
}

type Place = "before" | "first" | "next" | "inside" | "after";

/** Walks over the bytes of an array and knows where its elements begin and end, and nothing else of them. */
class ArraySplitter implements Splitter {
  #place: Place = "before";
  #depth = 0;
  #inText = false;
  /** The next byte is escaped, whatever it is. */
  #escaped = false;
  readonly #element: ReturnType<typeof gatherBytes>;

  constructor(mostBytes: number) {
    this.#element = gatherBytes(mostBytes);
  }

  push(bytes: Buffer): (Buffer | "too-long")[] {
    const found: (Buffer | "too-long")[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (this.#place !== "inside") {
        at = this.#between(bytes, at);
        continue;
      }
      const end = this.#endOfElement(bytes, at);
      this.#element.add(bytes.subarray(at, end));
      if (end < bytes.length) found.push(this.#finish(bytes[end] as number));
      at = end + 1;
    }
    return found;
  }

  end(): never[] {
    if (this.#place !== "after")
      throw unreadableBody({ why: "The body is not a whole JSON array: it ends too early." });
    return [];
  }

  /** Takes one byte between elements and answers where the next is to be looked at. */
  #between(bytes: Buffer, at: number): number {
    const byte = bytes[at] as number;
    if (isSpace(byte)) return at + 1;
    if (this.#place === "before" && byte === openBracket) this.#place = "first";
    else if (this.#place === "first" && byte === closeBracket) this.#place = "after";
    else if (this.#place === "before") throw unreadableBody({ why: "The body is not a JSON array." });
    else if (this.#place === "after") throw unreadableBody({ why: "There is something after the JSON array." });
    else if (byte === comma || byte === closeBracket)
      throw unreadableBody({ why: "The JSON array has a comma too many." });
    else return this.#begin(at);
    return at + 1;
  }

  #begin(at: number): number {
    this.#place = "inside";
    return at;
  }

  #finish(byte: number): Buffer | "too-long" {
    this.#place = byte === comma ? "next" : "after";
    return this.#element.take();
  }

  /** Where the comma or bracket after the element is; the end of the bytes when it is not in them. */
  #endOfElement(bytes: Buffer, start: number): number {
    let at = start;
    while (at < bytes.length) {
      if (this.#inText) {
        at = this.#endOfText(bytes, at);
        continue;
      }
      const byte = bytes[at] as number;
      if (byte === quote) this.#inText = true;
      else if (byte >= openBracket && this.#isEnd(byte)) return at;
      else if (byte === comma && this.#depth === 0) return at;
      at += 1;
    }
    return at;
  }

  /** Counts brackets; says whether this one closes the array. Whether they match, the parser of the element sees. */
  #isEnd(byte: number): boolean {
    if (byte === openBrace || byte === openBracket) this.#depth += 1;
    else if (byte === closeBrace || byte === closeBracket) {
      if (this.#depth > 0) this.#depth -= 1;
      else if (byte === closeBracket) return true;
      else throw unreadableBody({ why: "The body is not valid JSON: a brace closes nothing." });
    }
    return false;
  }

  /** Where the text goes on after the string that begins before `start`; the end of the bytes when it does not end. */
  #endOfText(bytes: Buffer, start: number): number {
    let at = start;
    if (this.#escaped) {
      this.#escaped = false;
      at += 1;
    }
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at] as number;
      if (byte === backslash) at += 1;
      else if (byte === quote) {
        this.#inText = false;
        return at + 1;
      }
    }
    this.#escaped = at > bytes.length;
    return bytes.length;
  }
}

/**
 * Splits the text of a JSON array into the texts of its elements while it arrives. What an element is its own parser
 * says; what stands around them is checked here.
 * @throws http.unreadable_body
 */
export function splitJsonArray(mostBytes: number): Splitter {
  return new ArraySplitter(mostBytes);
}
