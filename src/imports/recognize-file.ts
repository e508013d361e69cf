import { exponentOf } from "../platform/money.ts";
import {
  importCurrencyUnknown,
  importFileEmpty,
  importFileFormatWrong,
  importFileHeaderBroken,
  importFileTooManyColumns,
  importTimeZoneUnknown,
} from "./file-errors.ts";
import { isOfRejected, undefuse } from "./formula.ts";
import { type ImportOptions, mostColumns } from "./import-options.ts";
import type { FilePlan } from "./reading.ts";
import { countRecognized, recognizeColumns } from "./recognize-columns.ts";
import { decodeSample, recognizeEncoding } from "./recognize-encoding.ts";
import { cellsOfRows, isDelimiterLine, RowSplitter } from "./split-rows.ts";
import { isTimeZone } from "./zone.ts";

/** How much of a file is looked at to understand it. */
export const sampleBytes = 262_144;

/**
 * Refuses options that no file can be read with.
 * @throws import_file.time_zone_unknown, import_file.currency_unknown
 */
export function checkImportOptions({ time_zone: zone, currency }: ImportOptions): void {
  if (!isTimeZone(zone)) throw importTimeZoneUnknown({ zone });
  if (currency !== undefined && exponentOf(currency) === undefined) throw importCurrencyUnknown({ currency });
}

/**
 * Says how a file is to be read, from its first `sampleBytes` or all of it.
 * @throws import_file.empty, import_file.not_text, import_file.encoding_unknown, import_file.encoding_wrong,
 *   import_file.format_wrong, import_file.header_missing, import_file.header_repeated, import_file.header_broken,
 *   import_file.too_many_columns, import_file.columns_missing, import_file.columns_ambiguous,
 *   import_file.mapping_unknown, import_file.time_zone_unknown, import_file.currency_unknown
 */
export function recognizeFile(sample: Buffer, options: ImportOptions): FilePlan {
  checkImportOptions(options);
  if (sample.length === 0) throw importFileEmpty({});
  const encoding = recognizeEncoding(sample, options.encoding);
  const text = decodeSample(sample, encoding);
  if (/^\s*$/u.test(text)) throw importFileEmpty({});
  if (formatOf(text, options.format) === "ndjson")
    return {
      format: "ndjson",
      dialect: "plain",
      encoding,
      delimiter: "",
      header: "",
      columns: [],
      grouping: "row_is_order",
    };

  const { header, delimiter, names } = readHeader({ text, isWhole: sample.length < sampleBytes }, options);
  return { format: "csv", encoding, delimiter, header, ...recognizeColumns(names, options) };
}

function formatOf(text: string, declared: ImportOptions["format"]): FilePlan["format"] {
  const begin = text.trimStart();
  const isObject = begin.startsWith("{");
  if (/^\[\s*[{\]]/u.test(begin)) {
    const advice = "Write one order on each line (NDJSON), or send the array to POST /api/v2/orders/batch.";
    throw importFileFormatWrong({ found: "an array of JSON", advice });
  }
  if (/^<(?:!doctype|html|\?xml)/iu.test(begin)) {
    throw importFileFormatWrong({ found: "HTML or XML", advice: "Download the file itself, and save it as CSV." });
  }
  if (declared === "ndjson" && !isObject) {
    throw importFileFormatWrong({ found: "something else than JSON", advice: "Leave `format` out, or send NDJSON." });
  }
  if (declared !== "ndjson" && declared !== "auto" && isObject) {
    throw importFileFormatWrong({ found: "an object of JSON", advice: "Leave `format` out, or say `ndjson`." });
  }
  return isObject ? "ndjson" : "csv";
}

interface Sample {
  readonly text: string;
  /** It is all of the file. */
  readonly isWhole: boolean;
}

interface Header {
  readonly header: string;
  readonly delimiter: string;
  readonly names: readonly string[];
}

const delimiters = [",", ";", "\t"] as const;

/** The header under the delimiter that makes most sense of it: that finds most names which are understood, then most names. */
function readHeader(sample: Sample, options: ImportOptions): Header {
  const candidates = options.delimiter === "auto" ? delimiters : [options.delimiter];
  const found = candidates.map((delimiter) => headerUnder(sample, delimiter));
  const scored = found.flatMap((header) => {
    if (!("names" in header)) return [];
    const understood = countRecognized(header.names.slice(0, mostColumns), options);
    return [{ header, understood, columns: header.names.length }];
  });
  scored.sort((one, other) => other.understood - one.understood || other.columns - one.columns);
  const [best] = scored;
  if (best !== undefined && best.columns > mostColumns) throw importFileTooManyColumns({ most: mostColumns });
  const broken = found.find((header) => "why" in header);
  if (broken !== undefined && (best === undefined || best.understood === 0)) throw importFileHeaderBroken(broken);
  if (best === undefined) throw importFileEmpty({});
  if (!best.header.hasRows) throw importFileEmpty({});
  return best.header;
}

function headerUnder({ text, isWhole }: Sample, delimiter: string): (Header & { hasRows: boolean }) | { why: string } {
  const rows = new RowSplitter(delimiter);
  rows.push(text);
  if (isWhole) rows.end();
  const first = rows.next();
  const row = first && isDelimiterLine(first) ? rows.next() : first;
  if (row === undefined && isWhole) return { header: "", delimiter, names: [], hasRows: false };
  if (row === undefined) {
    // Its end is not there: one with more columns than may be is told from one with long names.
    const names = text.split(delimiter, mostColumns + 1);
    return names.length > mostColumns
      ? { header: "", delimiter, names, hasRows: false }
      : { why: `it does not end within ${sampleBytes} bytes.` };
  }
  if (row.broken !== null) return { why: `it begins on line ${row.line} and has a quotation mark that is not closed.` };
  const [cells = []] = cellsOfRows([row], delimiter, mostColumns + 1);
  const own = cells.map((name) => name.trim());
  const names = isOfRejected(own) ? own.map(undefuse) : own;
  return { header: row.raw, delimiter, names, hasRows: !isWhole || rows.next() !== undefined };
}
