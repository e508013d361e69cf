/** What an order is found by: the words of its texts, as they are indexed and as they are searched for. */

const longestWord = 64; // More of a word tells nothing more; who searches by a longer one is cut the same way.
const longestWhole = 300; // An address of 254 characters has its place, and a lexeme of PostgreSQL ends at 2,046 bytes.
const mostWords = 4_000; // Together below the megabyte that a tsvector holds, were all of them as long as can be.

/** Accents of Latin, Greek and Cyrillic; the voicing marks of kana stand elsewhere and stay. */
const accents = /[\u0300-\u036f]/g;

/** Letters of scripts that put no spaces between words. */
const unspaced =
  "[[\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Hangul}\\p{scx=Thai}\\p{scx=Lao}\\p{scx=Khmer}\\p{scx=Myanmar}]&&[\\p{L}\\p{M}]]";
const run = new RegExp(`(?<unspaced>${unspaced}+)|[[\\p{L}\\p{M}\\p{N}]--${unspaced}]+`, "gv");
const withAt = /[^\s@]+@[^\s@]*/g;
const separators = /[\s\p{Cc}]+/gu;

/** One form for all ways to write a text: half and full width, upper and lower case, with and without accents. */
function folded(text: string): string {
  const lower = text.toWellFormed().normalize("NFKD").replace(accents, "").toLowerCase();
  return lower.normalize("NFKC").replace(accents, "").replaceAll("ς", "σ").replaceAll("\0", "");
}

function cut(word: string, longest: number): string {
  return word.length <= longest ? word : word.slice(0, longest).toWellFormed();
}

function pairsOf(letters: readonly string[]): string[] {
  return letters.slice(1).map((letter, index) => `${letters[index]}${letter}`);
}

/** The runs of letters and digits in a folded text; those without spaces in them apart from the others. */
function* runsOf(text: string): Generator<{ word: string } | { letters: string[] }> {
  for (const { 0: found, groups } of text.matchAll(run)) {
    yield groups?.unspaced === undefined ? { word: cut(found, longestWord) } : { letters: [...found] };
  }
}

/** A text with an @ in it, such as an address, is a word as a whole, too; its mark tells it from all others. */
function wholesOf(text: string): string[] {
  // Told apart first: the pattern would try every letter of a long text that has none.
  const pieces = text.split(separators).filter((piece) => piece.includes("@"));
  return pieces.flatMap((piece) => [...piece.matchAll(withAt)].map(([whole]) => `@${cut(whole, longestWhole)}`));
}

/** What is found by its whole value alone, such as a currency: no word of a text is spelt like it. */
export function exactWord(kind: "currency" | "source" | "file", value: string): string {
  return cut(`=${kind}:${folded(value)}`.replace(separators, "_"), longestWhole);
}

function* wordsIn(text: string): Generator<string> {
  yield* wholesOf(text);
  for (const found of runsOf(text)) {
    if ("word" in found) yield found.word;
    // The last letter alone, since every other begins a pair: so each letter is found by its beginning.
    else yield* [...pairsOf(found.letters), found.letters.at(-1) ?? ""];
  }
}

/** The words of texts, each once. What comes first is taken first when there are too many. */
export function wordsOf(texts: Iterable<string>, exact: readonly string[] = []): string[] {
  const words = new Set(exact);
  for (const text of new Set(texts)) {
    for (const word of wordsIn(folded(text))) {
      if (words.size >= mostWords) return [...words];
      words.add(word);
    }
  }
  return [...words];
}

function quoted(word: string): string {
  return `'${word.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

/** The query of PostgreSQL that finds what has all of these words; undefined when there is none. */
export function queryOfWords(words: readonly string[]): string | undefined {
  return words.length === 0 ? undefined : words.map(quoted).join(" & ");
}

const orderPrefix = /\bord-(?=\d)/g; // Numbers are indexed without it: a word that every order has finds nothing.

/** What finds a text. */
export interface TextQuery {
  /** Has every word of it, whole or as a beginning. */
  readonly all: string;
  /** Has those of its words that an index finds quickly: of the others it would gather half of all orders first. */
  readonly telling: string;
}

const tellingLetters = 2; // Some word of every order begins with any letter, and an index gathers all of them.

/** The queries for the words of a folded text, and whether each tells one order from another. */
function* queriesIn(text: string): Generator<[query: string, isTelling: boolean]> {
  for (const whole of wholesOf(text)) yield [`${quoted(whole)}:*`, true];
  for (const found of runsOf(text.replace(withAt, " "))) {
    if ("word" in found) yield [`${quoted(found.word)}:*`, found.word.length >= tellingLetters];
    else if (found.letters.length === 1) yield [`${quoted(found.letters[0] ?? "")}:*`, false];
    else for (const pair of pairsOf(found.letters)) yield [quoted(pair), true];
  }
}

/** The query for a text; undefined when there is no word in it. Runs without spaces are found wherever they stand. */
export function queryOfText(text: string): TextQuery | undefined {
  const queries = new Map(queriesIn(folded(text).replace(orderPrefix, "")));
  if (queries.size === 0) return undefined;
  const telling = [...queries.keys()].filter((query) => queries.get(query));
  const all = [...queries.keys()].join(" & ");
  return { all, telling: telling.length > 0 ? telling.join(" & ") : all };
}

/** The address as `wordsOf` has it; a value without an @ is no address, and nothing has it. */
export function addressWord(address: string): string {
  return wholesOf(folded(address))[0] ?? "@";
}
