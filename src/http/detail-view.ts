const capital = /[A-Z]/g;
const minor = /Minor$/;
const whole = /^-?\d{1,15}$/; // What a number of JSON holds exactly everywhere; a larger one stays text.

function outsideName(name: string): string {
  return name.replace(minor, "").replace(capital, (letter) => `_${letter.toLowerCase()}`);
}

function outsideValue(name: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((element) => outsideValue(name, element));
  if (typeof value === "object" && value !== null) return detailView(value);
  return typeof value === "string" && minor.test(name) && whole.test(value) ? Number(value) : value;
}

/** Free detail as v2 shows it: names in snake_case, amounts as integer minor units. Inside they are ours, and text. */
export function detailView(detail: object): object {
  const members = Object.entries(detail).map(([name, value]) => [outsideName(name), outsideValue(name, value)]);
  return Object.fromEntries(members);
}
