import { hash } from "node:crypto";
import { writeJson } from "./write-json.ts";

const tagCharacters = 22; // 132 bits: nobody finds two states of a resource with one tag, by accident or on purpose.

/** What an `If-Match` or `If-None-Match` names: tags, or whatever there is. */
export type NamedTags = "*" | readonly string[];

/** The strong tag of a resource as it is answered: another one as soon as anything in the answer is. */
export function entityTag(view: unknown): string {
  return tagOfText(writeJson(view));
}

/** The tag of a resource that is written already, as `writeJson` does. */
export function tagOfText(text: string): string {
  return `"${hash("sha256", text, "base64url").slice(0, tagCharacters)}"`;
}

/** Source: RFC 9110, section 8.8.3: any visible character but the quote, and none that an API like ours would send. */
const oneTag = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/;
/** What stands between commas; a comma in quotes is none. */
const members = /(?:"[^"]*"|[^,])+/g;

/** Reads a list of tags, or answers undefined when it is none. Empty members of the list are none of its tags. */
export function parseTags(text: string): NamedTags | undefined {
  if (text.trim() === "*") return "*";
  const tags = (text.match(members) ?? []).map((member) => member.trim()).filter((member) => member !== "");
  return tags.length > 0 && tags.every((tag) => oneTag.test(tag)) ? tags : undefined;
}

/** Whether a write may go ahead. Source: RFC 9110, section 13.1.1: a weak tag is never strong enough. */
export function matchesStrongly(named: NamedTags, tag: string): boolean {
  return named === "*" || named.includes(tag);
}

/** Whether the reader has this state already. Source: RFC 9110, section 13.1.2: here a weak tag counts too. */
export function matchesWeakly(named: NamedTags, tag: string): boolean {
  return named === "*" || named.some((one) => one.replace(/^W\//, "") === tag);
}
