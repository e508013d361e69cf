import { inputCompiler } from "../http/check-input.ts";
import { invalidInput } from "../http/http-errors.ts";
import { parseStrictJson } from "../http/strict-json.ts";
import { type Fault, Refusal } from "../platform/errors.ts";
import { ImportOptions } from "./import-options.ts";
import { checkImportOptions } from "./recognize-file.ts";

const check = inputCompiler()({ schema: ImportOptions as object, method: "POST", url: "", httpPart: "body" }) as (
  value: unknown,
) => true | { readonly error: Refusal };

/**
 * Options as they were given, with all that was left out filled in.
 * @throws http.invalid_input, import_file.time_zone_unknown, import_file.currency_unknown
 */
export function readOptions(given: unknown): ImportOptions {
  const read = structuredClone(given);
  const checked = check(read);
  if (checked !== true) throw below("/options", checked.error.extras.faults ?? []);
  const options = read as ImportOptions;
  checkImportOptions(options);
  return options;
}

/**
 * The same from the bytes of a part of a form.
 * @throws http.unreadable_body, http.invalid_input, import_file.time_zone_unknown, import_file.currency_unknown
 */
export function readOptionBytes(bytes: Buffer): ImportOptions {
  return readOptions(parseBelow("/options", bytes));
}

function parseBelow(pointer: string, bytes: Buffer): unknown {
  try {
    return parseStrictJson(bytes);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const faults = error.extras.faults ?? [{ pointer: "", detail: error.message }];
    throw below(pointer, faults);
  }
}

function below(pointer: string, faults: readonly Fault[]): Refusal {
  const own = faults.map((fault) => ({ ...fault, pointer: `${pointer}${fault.pointer}` }));
  return invalidInput({ what: "form" }, { faults: own });
}
