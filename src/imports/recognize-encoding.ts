import chardet from "chardet";
import { importFileEncodingUnknown, importFileEncodingWrong, importFileNotText } from "./file-errors.ts";
import type { ImportOptions } from "./import-options.ts";
import type { FilePlan } from "./reading.ts";

type Encoding = FilePlan["encoding"];

const asCsv = "Save it as CSV in UTF-8 and upload that.";
const unpack = "Unpack it and upload what is in it.";
/** How files begin that are no text, as bytes of Latin-1. */
const beginnings: readonly (readonly [string, string, string])[] = [
  ["\x1f\x8b", "a gzip archive", unpack],
  ["7z\xbc\xaf", "a 7z archive", unpack],
  ["Rar!", "a RAR archive", unpack],
  ["BZh", "a bzip2 archive", unpack],
  ["\x28\xb5\x2f\xfd", "a zstd archive", unpack],
  ["%PDF", "a PDF document", asCsv],
  ["\xd0\xcf\x11\xe0", "an Excel workbook of the old kind", asCsv],
  ["\x89PNG", "a PNG picture", asCsv],
  ["\xff\xd8\xff", "a JPEG picture", asCsv],
  ["GIF8", "a GIF picture", asCsv],
  ["RIFF", "a picture or a sound", asCsv],
  ["SQLite format 3", "a SQLite database", asCsv],
  ["PAR1", "a Parquet file", asCsv],
  ["\x7fELF", "a program", asCsv],
  ["\xff\xfe\x00\x00", "in UTF-32", asCsv],
  ["\x00\x00\xfe\xff", "in UTF-32", asCsv],
];

const marks: readonly (readonly [string, Encoding])[] = [
  ["\xef\xbb\xbf", "utf-8"],
  ["\xff\xfe", "utf-16le"],
  ["\xfe\xff", "utf-16be"],
];

const looksFine = 10; // One character in so many may be broken: its row is refused then, and not the file.

/**
 * Says how a file's text is encoded, from its beginning: as the mark of UTF-8 says, else as declared, else by the other
 * marks, by the NULs of UTF-16, as UTF-8 when it is that, and by its words when it is Shift_JIS or windows-1252.
 * @throws import_file.not_text, import_file.encoding_unknown, import_file.encoding_wrong
 */
export function recognizeEncoding(sample: Buffer, declared: ImportOptions["encoding"]): Encoding {
  const begin = sample.toString("latin1", 0, 16);
  refuseBinary(sample, begin);
  const marked = marks.find(([mark]) => begin.startsWith(mark))?.[1];
  // A file of rejected rows has this mark, whatever the one was in that it came from.
  if (marked === "utf-8" && isMostly(sample, marked)) return marked;
  if (declared !== "auto") {
    if (marked !== undefined && marked !== declared) throw importFileEncodingWrong({ encoding: declared, line: 1 });
    refuseUndecodable(sample, declared);
    return declared;
  }
  const encoding = marked ?? encodingOfNuls(sample);
  if (encoding !== undefined) return encoding;
  refuseControls(sample);
  if (isMostly(sample, "utf-8")) return "utf-8";
  return isJapanese(sample) ? "shift_jis" : latinOf(sample);
}

function refuseBinary(sample: Buffer, begin: string): void {
  const known = beginnings.find(([bytes]) => begin.startsWith(bytes));
  if (known) throw importFileNotText({ what: known[1], advice: known[2] });
  if (!begin.startsWith("PK\x03\x04")) return;
  const isWorkbook = sample.includes("xl/") || sample.includes("[Content_Types].xml");
  throw importFileNotText(
    isWorkbook ? { what: "an Excel workbook", advice: asCsv } : { what: "a ZIP archive", advice: unpack },
  );
}

const nulShare = 0.1; // Of the digits, delimiters and line ends of UTF-16 every other byte is NUL, in any language.
const strayShare = 0.01;

/** UTF-16 without a mark. */
function encodingOfNuls(sample: Buffer): Encoding | undefined {
  const nuls = [0, 0];
  for (let at = 0; at < sample.length; at += 1) if (sample[at] === 0) nuls[at % 2] = (nuls[at % 2] ?? 0) + 1;
  const [even, odd] = nuls.map((count) => count / (sample.length / 2)) as [number, number];
  if (odd > nulShare && even < strayShare) return "utf-16le";
  return even > nulShare && odd < strayShare ? "utf-16be" : undefined;
}

const controlShare = 0.02; // Text has hardly any; compressed and binary content a tenth.

function refuseControls(sample: Buffer): void {
  let controls = 0;
  for (const byte of sample) if (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13) controls += 1;
  if (controls / sample.length > controlShare) throw importFileNotText({ what: "binary", advice: asCsv });
}

/** Whether nearly all of its characters beyond ASCII are there in the encoding. A character that is cut off at the end counts as there. */
function isMostly(sample: Buffer, encoding: Encoding): boolean {
  const text = decodeSample(sample, encoding);
  const beyond = text.match(/[^\0-\x7f]/gu)?.length ?? 0;
  return brokenIn(text) * looksFine <= beyond;
}

/** The beginning of a text; what is cut off at its end is left out. */
export function decodeSample(sample: Buffer, encoding: Encoding): string {
  return new TextDecoder(encoding).decode(sample, { stream: true });
}

function brokenIn(text: string): number {
  return text.split("\ufffd").length - 1;
}

function refuseUndecodable(sample: Buffer, encoding: Encoding): void {
  if (isMostly(sample, encoding)) return;
  const [before = ""] = decodeSample(sample, encoding).split("\ufffd", 1);
  throw importFileEncodingWrong({ encoding, line: before.split(/\r\n|\n|\r/).length });
}

const pairs = "[\\x81-\\x9f\\xe0-\\xef][\\x40-\\x7e\\x80-\\xfc]";
const narrow = "[\\xa1-\\xdf]";
const runs = new RegExp(`(?:${pairs}|${narrow})+`, "g");
const characters = new RegExp(`${pairs}|${narrow}`, "g");
const often = /^[\x81-\x97]./s; // Kana, marks and the kanji of the first level; accents of other languages come after them.
const fewest = 2;
const fewestNarrow = 3; // Half-width katakana are the capital accents of windows-1252, which seldom stand in threes.

/**
 * Whether it reads as Shift_JIS: mostly in runs of two characters or more that Japanese uses often, which the accents of
 * other languages do not make. Tried: chardet alone takes a hundred characters of Japanese for windows-1252 (2026-11-23).
 */
function isJapanese(sample: Buffer): boolean {
  const bytes = sample.toString("latin1");
  const found = bytes.match(runs) ?? [];
  const words = found.filter(isWord).length;
  const broken = bytes.replace(runs, "").match(/[\x80-\xff]/g)?.length ?? 0;
  return words * 2 > found.length && words > broken * looksFine;
}

function isWord(run: string): boolean {
  const all = run.match(characters) ?? [];
  return all.filter((pair) => often.test(pair)).length >= fewest || all.filter(isNarrow).length >= fewestNarrow;
}

function isNarrow(character: string): boolean {
  return character.length === 1;
}

const latin = ["windows-1252", "ISO-8859-1"];
const fewestForeign = 3;

/**
 * Western texts have their accents one by one, which chardet knows well by the words around them. Long runs are another
 * alphabet, whatever the ASCII around makes chardet believe.
 */
function latinOf(sample: Buffer): Encoding {
  const bytes = sample.toString("latin1");
  const beyond = bytes.match(/[\x80-\xff]+/g) ?? [];
  const foreign = beyond.filter((run) => run.length >= fewestForeign).length;
  if (foreign * 2 > beyond.length) throw importFileEncodingUnknown({ found: null });
  const ranking = chardet.analyse(sample);
  const best = ranking[0];
  const own = ranking.find(({ name }) => latin.includes(name));
  if (best && own && (own.confidence >= best.confidence || readsAlike(sample, best.name))) return "windows-1252";
  throw importFileEncodingUnknown({ found: best?.name ?? null });
}

/** Whether the letters of a text are the same in its like: ä, ö, ü and ß are those of ISO-8859-2 too. */
function readsAlike(sample: Buffer, name: string): boolean {
  try {
    return new TextDecoder(name).decode(sample) === new TextDecoder("windows-1252").decode(sample);
  } catch (error) {
    if (error instanceof RangeError) return false; // An encoding that only chardet knows.
    throw error;
  }
}
