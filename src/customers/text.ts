/** A value as it is kept, or what is wrong with it. */
export type Read<Value> = { readonly value: Value } | { readonly fault: string };

/** Ends a line somewhere: in a letter's head, in a file of one row a line, on a label. */
const lineEnds = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const visible = /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u;

/** What to say of a text that is longer than it may be. */
export function tooLong(longest: number): string {
  return `Must have at most ${longest} characters.`;
}

/**
 * Reads a text of one line in any script. One in which there is nothing to see is none. Characters that turn the text
 * around stay: names are written with them, and whoever shows one keeps it apart.
 */
export function readText(text: string, longest: number): Read<string | null> {
  if (!text.isWellFormed()) return { fault: "Must not contain half of a surrogate pair." };
  const value = text.normalize("NFC").trim();
  if (!visible.test(value)) return { value: null };
  if (lineEnds.test(value)) return { fault: "Must be one line, without control characters." };
  return [...value].length > longest ? { fault: tooLong(longest) } : { value };
}

/** A mail address with its host in lower case: letters before the @ are the host's matter, those of the host are all one. */
export function plainAddress(address: string): string {
  const at = Math.max(0, address.indexOf("@"));
  return address.slice(0, at) + address.slice(at).normalize("NFC").toLowerCase();
}

const dashes = /[\u2010-\u2015\u2212\u30fc\ufe63\uff70]/g;

/** A code as its issuer writes it: half width, upper case, plain hyphens and single spaces. */
export function plainCode(text: string): string {
  const halfWidth = text.toWellFormed().replace(dashes, "-").normalize("NFKC");
  return halfWidth.toUpperCase().replace(/\s+/g, " ").trim();
}

const phoneShape = /^\+?[\d ()./-]+$/;
const fewestDigits = 4;
const mostDigits = 15; // Source: ITU-T E.164, section 6.

/** Reads a telephone number as people write it. Whether it rings only a call can tell. */
export function readPhone(text: string): Read<string | null> {
  const value = plainCode(text);
  if (value === "") return { value: null };
  const digits = value.replace(/\D/g, "").length;
  if (phoneShape.test(value) && digits >= fewestDigits && digits <= mostDigits) return { value };
  return {
    fault: `Must be ${fewestDigits} to ${mostDigits} digits with an optional + before them, and spaces, dots, hyphens, slashes and brackets.`,
  };
}
