import { refusal } from "../platform/errors.ts";

export const importFileEmpty = refusal<object>(
  "import_file.empty",
  "invalid",
  () => "The file is empty; upload one with a header and at least one row.",
);

export const importFileNotText = refusal<{ what: string; advice: string }>(
  "import_file.not_text",
  "invalid",
  ({ what, advice }) => `The file is ${what}, not text. ${advice}`,
);

export const importFileEncodingUnknown = refusal<{ found: string | null }>(
  "import_file.encoding_unknown",
  "invalid",
  ({ found }) =>
    `How the file's text is encoded cannot be told${found === null ? "" : `; it looks like ${found}`}. Save it as UTF-8, or say in the options (\`encoding\`) that it is utf-16le, utf-16be, shift_jis or windows-1252.`,
);

export const importFileEncodingWrong = refusal<{ encoding: string; line: number }>(
  "import_file.encoding_wrong",
  "invalid",
  ({ encoding, line }) =>
    `Line ${line} is not ${encoding}. Say in the options (\`encoding\`) which encoding the file has, or save it as UTF-8.`,
);

export const importFileFormatWrong = refusal<{ found: string; advice: string }>(
  "import_file.format_wrong",
  "invalid",
  ({ found, advice }) => `The file begins like ${found}. ${advice}`,
);

export const importFileHeaderMissing = refusal<{ found: string }>(
  "import_file.header_missing",
  "invalid",
  ({ found }) =>
    `The first row names no column that is understood: it has ${found}. Begin the file with a row of column names, or say in the mapping what its columns are.`,
);

export const importFileHeaderRepeated = refusal<{ name: string }>(
  "import_file.header_repeated",
  "invalid",
  ({ name }) => `Two columns are called "${name}". Rename or remove one of them.`,
);

export const importFileHeaderBroken = refusal<{ why: string }>(
  "import_file.header_broken",
  "invalid",
  ({ why }) => `The header cannot be read: ${why}`,
);

export const importFileTooManyColumns = refusal<{ most: number }>(
  "import_file.too_many_columns",
  "invalid",
  ({ most }) => `The file has more than ${most} columns; remove those that say nothing about orders.`,
);

export const importFileColumnsMissing = refusal<{ missing: readonly string[]; found: string }>(
  "import_file.columns_missing",
  "invalid",
  ({ missing, found }) =>
    `The file lacks ${missing.join(", and ")}. It has ${found}. Add what is missing, or say in the mapping which column it is.`,
);

export const importFileColumnsAmbiguous = refusal<{ field: string; names: readonly string[] }>(
  "import_file.columns_ambiguous",
  "invalid",
  ({ field, names }) =>
    `Several columns look like ${field}: ${names.join(", ")}. Say in the mapping what each is; \`ignore\` leaves one out.`,
);

export const importFileMappingUnknown = refusal<{ name: string; found: string }>(
  "import_file.mapping_unknown",
  "invalid",
  ({ name, found }) => `The mapping names the column "${name}", which the file does not have. It has ${found}.`,
);

export const importTimeZoneUnknown = refusal<{ zone: string }>(
  "import_file.time_zone_unknown",
  "invalid",
  ({ zone }) => `"${zone}" is no time zone; write it as Europe/Berlin or Asia/Tokyo.`,
);

export const importCurrencyUnknown = refusal<{ currency: string }>(
  "import_file.currency_unknown",
  "invalid",
  ({ currency }) => `"${currency}" is not a currency code of ISO 4217.`,
);
