/** The members of `after` that `before` has otherwise, as the audit keeps them: with what they were. */
export function differencesOf<Fields extends object>(before: Fields, after: Fields): Record<string, unknown[]> {
  const names = Object.keys(after) as (keyof Fields & string)[];
  const changed = names.filter((name) => plain(before[name]) !== plain(after[name]));
  return Object.fromEntries(changed.map((name) => [name, [plain(before[name]), plain(after[name])]]));
}

/** A value as JSON has it and `===` compares it. */
function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  return typeof value === "bigint" ? value.toString() : value;
}
