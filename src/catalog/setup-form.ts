import { inputCompiler } from "../http/check-input.ts";
import type { Refusal } from "../platform/errors.ts";

const compile = inputCompiler();

/** Takes note of what is wrong, and where. */
export type Refuse = (pointer: string, detail: string) => void;

/** Answers whether a value has the form that a schema demands, and tells all that is wrong when it has not. */
export function formOf<Value>(schema: object): (value: unknown, pointer: string, refuse: Refuse) => value is Value {
  const check = compile({ schema, method: "POST", url: "", httpPart: "body" }) as (
    value: unknown,
  ) => true | { readonly error: Refusal };
  return (value, pointer, refuse): value is Value => {
    if (typeof value !== "object" || value === null) {
      refuse(pointer, "Must be an object.");
      return false;
    }
    const checked = check(value);
    if (checked === true) return true;
    for (const fault of checked.error.extras.faults ?? []) refuse(`${pointer}${fault.pointer}`, fault.detail);
    return false;
  };
}

/** Hears of each that has what one before it has. */
export function refuseTwins<One>(
  all: readonly One[],
  nameOf: (one: One) => string,
  refuse: (one: One, index: number) => void,
): void {
  const seen = new Set<string>();
  for (const [index, one] of all.entries()) {
    const name = nameOf(one);
    if (seen.has(name)) refuse(one, index);
    seen.add(name);
  }
}
