/** Text that is markup already: it was written here, or everything foreign in it was escaped. */
export interface Markup {
  readonly markup: string;
}

const special = /[&<>"']/;
const everySpecial = /[&<>"']/g;
const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return special.test(text) ? text.replace(everySpecial, (character) => entities[character] ?? "") : text;
}

/** Fills a template: text is escaped for content and quoted attributes, markup goes in as it is. */
export function html(
  template: TemplateStringsArray,
  ...values: readonly (string | Markup | readonly Markup[])[]
): Markup {
  let markup = template[0] ?? "";
  for (const [index, value] of values.entries()) {
    markup += written(value) + (template[index + 1] ?? "");
  }
  return { markup };
}

function written(value: string | Markup | readonly Markup[]): string {
  if (typeof value === "string") return escaped(value);
  return "markup" in value ? value.markup : value.map((part) => part.markup).join("");
}

const mostCharacters = 200; // A name is a line, not a page; longer ones would bury the letter.
const breaks = /[\p{Cc}\u2028\u2029]+/gu;
const directionControls = /[\u202a-\u202e\u2066-\u2069]/g;

/** A foreign text as one short line: no line breaks or other controls, no control of the writing direction. */
export function oneLine(text: string): string {
  const line = text.toWellFormed().replace(breaks, " ").replace(directionControls, "").trim();
  if (line.length <= mostCharacters) return line;
  return `${line
    .slice(0, mostCharacters)
    .toWellFormed()
    .replace(/\ufffd$/, "")}…`;
}

// Hebrew to Arabic Extended, their presentation forms, the same scripts beyond 16 bits, and the right-to-left marks.
const rightToLeft = /[\u0590-\u08ff\u200f\u061c\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Keeps a right-to-left value from turning round what stands beside it. Source: Unicode UAX 9, isolates. */
export function isolated(line: string): string {
  return rightToLeft.test(line) ? `\u2068${line}\u2069` : line;
}

/** The same in markup. */
export function isolatedMarkup(line: string): Markup {
  return rightToLeft.test(line) ? html`<bdi>${line}</bdi>` : html`${line}`;
}
