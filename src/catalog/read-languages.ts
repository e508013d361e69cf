import Negotiator from "negotiator";
import { canonicalLanguage, languagePattern } from "./translation.ts";

const mostLanguages = 20; // Browsers send five; whoever sends hundreds only wants us to look for them.
const longestHeader = 1_000;
const shape = new RegExp(languagePattern);

/** What is looked at of a header, cut where a language ends. */
function beginningOf(header: string): string {
  if (header.length <= longestHeader) return header;
  return header.slice(0, header.lastIndexOf(",", longestHeader));
}

/**
 * The languages that a reader likes, the most liked first, as `Accept-Language` says; of one that is repeated the first.
 * What cannot be read, and `*`, say nothing.
 */
export function languagesOf(acceptLanguage: string | undefined): string[] {
  if (acceptLanguage === undefined) return [];
  const headers = { "accept-language": beginningOf(acceptLanguage) };
  const liked = new Negotiator({ headers }).languages().filter((tag) => shape.test(tag));
  const canonical = liked.map(canonicalLanguage).filter((tag) => tag !== undefined);
  return [...new Set(canonical)].slice(0, mostLanguages);
}
