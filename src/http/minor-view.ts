import { Type } from "typebox";

/** An amount with what the API description shows for it. At most 10^15 - 1, so a double holds it exactly. */
export function minor(example: number) {
  const description = "Integer minor units of the currency; a JavaScript number holds every amount exactly.";
  return Type.Unsafe<bigint>(Type.Integer({ title: "MinorUnits", description, examples: [example] }));
}
