import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from "yaml";
import { pointerOf } from "../http/pointer.ts";
import type { Fault } from "../platform/errors.ts";
import type { SetupFault } from "./setup-errors.ts";

const mostSyntaxFaults = 20; // One that is not closed is found wrong again at each line behind it.

/** A file of products that was read, and not looked at yet. */
export interface ParsedSetup {
  readonly value: unknown;
  readonly faults: readonly Fault[];
  /** The fault with the place of what its pointer names, or of what would hold it. */
  place(fault: Fault): SetupFault;
}

/** A file that is neither YAML nor JSON. */
export interface UnreadableSetup {
  readonly unreadable: readonly SetupFault[];
}

/**
 * Reads YAML 1.2, of which JSON is a part. Numbers that are not plain integers become their text, as it is written: what a double would
 * make of them is not what was meant. Aliases and tags are faults: a file says what it means where it is read.
 */
export function parseSetup(text: string): ParsedSetup | UnreadableSetup {
  const lines = new LineCounter();
  const document = parseDocument(text, { version: "1.2", lineCounter: lines, prettyErrors: false, logLevel: "error" });
  const placed = (offset: number, fault: Fault): SetupFault => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col), ...fault };
  };
  if (document.errors.length > 0) {
    const faults = document.errors.map(({ message, pos: [at] }) => placed(at, { pointer: "", detail: `${message}.` }));
    return { unreadable: differentLines(faults).slice(0, mostSyntaxFaults) };
  }
  const faults: Fault[] = [];
  const value = plain(document.contents, [], faults);
  return { value, faults, place: (fault) => placed(offsetOf(document, fault.pointer), fault) };
}

function differentLines(faults: readonly SetupFault[]): SetupFault[] {
  return [...new Map(faults.toReversed().map((fault) => [fault.line, fault])).values()].reverse();
}

const wholeNumber = /^-?(0|[1-9]\d{0,14})$/;

function plain(node: ParsedNode | null, path: readonly string[], faults: Fault[]): unknown {
  const refuse = (detail: string) => void faults.push({ pointer: pointerOf(path), detail });
  if (isAlias(node)) return refuse("Aliases are not taken: write it out.");
  if (node?.tag !== undefined && !isUsualTag(node)) return refuse(`Tags like ${node.tag} are not taken.`);
  if (isMap(node)) return plainMap(node as YAMLMap.Parsed, path, faults);
  if (isSeq(node)) return node.items.map((item, index) => plain(item as ParsedNode, [...path, String(index)], faults));
  if (isScalar(node) && typeof node.value === "string" && !isStorable(node.value)) {
    return refuse("Must not contain the character NUL, or half of a surrogate pair.");
  }
  return isScalar(node) ? plainScalar(node) : null;
}

function isStorable(text: string): boolean {
  return !text.includes("\u0000") && text.isWellFormed();
}

/** Those that the parser gives by itself. */
function isUsualTag({ tag = "" }: ParsedNode): boolean {
  return /^tag:yaml\.org,2002:(map|seq|str|int|float|bool|null)$/.test(tag);
}

function plainMap(node: YAMLMap.Parsed, path: readonly string[], faults: Fault[]): Record<string, unknown> {
  const members = node.items.map(({ key, value }) => {
    const name = keyText(key);
    return [name, plain(value as ParsedNode | null, [...path, name], faults)] as const;
  });
  // By definition, not by assignment: a member may be called as objects inherit it.
  return Object.fromEntries(members);
}

function keyText(key: unknown): string {
  if (isScalar(key)) return typeof key.value === "string" ? key.value : String((key as Scalar).source ?? key.value);
  return "";
}

function plainScalar({ value, source }: Scalar): unknown {
  if (typeof value !== "number") return value;
  return wholeNumber.test(source ?? "") ? value : (source ?? String(value));
}

function unescaped(pointer: string): string[] {
  const names = pointer.split("/").slice(1);
  return names.map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Where what a pointer names begins; of what is not there, where that begins in which it should be. */
function offsetOf({ contents }: Document.Parsed, pointer: string): number {
  let node: unknown = contents;
  let offset = contents?.range[0] ?? 0;
  for (const name of unescaped(pointer)) {
    const next = childOf(node, name);
    if (next === undefined) break;
    offset = next.offset;
    node = next.node;
  }
  return offset;
}

/** A member begins with its name. */
function childOf(node: unknown, name: string): { node: unknown; offset: number } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(name)];
    return isNode(item) ? { node: item, offset: item.range?.[0] ?? 0 } : undefined;
  }
  const pair = isMap(node) ? node.items.find(({ key }) => keyText(key) === name) : undefined;
  return pair && isNode(pair.key) ? { node: pair.value, offset: pair.key.range?.[0] ?? 0 } : undefined;
}
