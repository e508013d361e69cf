/**
 * One @ with something on both sides, in any script; nothing that could begin another header or address in a mail, that
 * cannot be seen, or that turns the text around. Whether mail arrives there only mail can tell.
 */
const mailAddressPart = String.raw`[^\s@<>(),;:"[\]\\\p{Cc}\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069]+`;
export const mailAddress = new RegExp(`^${mailAddressPart}@${mailAddressPart}$`, "u");
