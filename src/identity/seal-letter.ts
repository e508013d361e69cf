import type { AccountLetter, AccountLetterPayload } from "./account.ts";
import { sealText, unsealText } from "./seal-text.ts";

const purpose = "account letter";

export function sealLetter(id: string, letter: AccountLetter, secret: string): AccountLetterPayload {
  return { id, kind: letter.kind, sealed: sealText(JSON.stringify(letter), `${purpose} ${id}`, secret) };
}

/** The letter of a payload; undefined when it was sealed with another secret. */
export function unsealLetter({ id, sealed }: AccountLetterPayload, secret: string): AccountLetter | undefined {
  const text = unsealText(sealed, `${purpose} ${id}`, secret);
  return text === undefined ? undefined : (JSON.parse(text) as AccountLetter);
}
