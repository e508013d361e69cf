import { inputCompiler } from "../http/check-input.ts";
import { invalidInput } from "../http/http-errors.ts";
import { parseStrictJson } from "../http/strict-json.ts";
import { type Fault, Refusal } from "../platform/errors.ts";
import { ImportOptions } from "./import-options.ts";

const check = inputCompiler()({ schema: ImportOptions as object, method: "POST", url: "", httpPart: "body" }) as (
  value: unknown,
) => true | { readonly error: Refusal };

/**
 * Options as they were given, with all that was left out filled in.
 * @throws http.invalid_input
 */
export function readOptions(given: unknown): ImportOptions {
  const options = structuredClone(given);
  const checked = check(options);
  if (checked === true) return options as ImportOptions;
  throw below("/options", checked.error.extras.faults ?? []);
}

/**
 * The same from the bytes of a part of a form.
 * @throws http.unreadable_body, http.invalid_input
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
