/** A product's words in one language; what is not said is empty. */
export interface Translation {
  /** A tag of BCP 47 in its usual case, as `ja` or `pt-BR`. */
  readonly language: string;
  readonly name: string;
  /** A line for the cart and the checkout. */
  readonly checkoutDescription: string;
  readonly description: string;
  /** What the bank prints beside the amount. */
  readonly statementDescriptor: string;
}

/** Language, script, region and variants; none of the extensions, which are about numbers and calendars. */
export const languagePattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$";

/**
 * What a bank can print: 22 characters of ASCII, none of which its systems read as something else.
 * Source: Stripe, "Statement descriptors", requirements.
 */
export const longestDescriptor = 22;
export const descriptorPattern = "^[\\x20-\\x7e]*$";
const unprintable = /[<>\\'"*]/;
export const descriptorLimits = "None of < > \\ ' \" * and nothing beyond ASCII.";

/** Whether a descriptor of the right length and characters has none that banks refuse. */
export function isPrintable(descriptor: string): boolean {
  return !unprintable.test(descriptor);
}

/** A tag as it is usually written, and as two that mean the same are: `en-us` is `en-US`. Undefined for what is none. */
export function canonicalLanguage(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}

/** A tag and what is left when its ends are cut off: `zh-Hant-TW`, `zh-Hant`, `zh`. Source: RFC 4647, section 3.4. */
function shortened(tag: string): string[] {
  const parts = tag.split("-");
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("-"));
}

function baseOf(tag: string): string {
  return (tag.split("-", 1)[0] ?? "").toLowerCase();
}

function inLanguage(translations: readonly Translation[], language: string): Translation | undefined {
  for (const tag of shortened(language)) {
    const found = translations.find((one) => one.language.toLowerCase() === tag.toLowerCase());
    if (found) return found;
  }
  return translations.find((one) => baseOf(one.language) === baseOf(language));
}

/**
 * The translation for who likes these languages, the most liked first: for each the exact tag, then shorter ones, then
 * any of the same base. Nobody's language is there: English, and then whatever comes first.
 */
export function translationFor(
  translations: readonly Translation[],
  languages: readonly string[],
): Translation | undefined {
  for (const language of [...languages, "en"]) {
    const found = inLanguage(translations, language);
    if (found) return found;
  }
  return translations[0];
}
