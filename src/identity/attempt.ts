import { hash } from "node:crypto";

/** How many tries may fail in a window, of one address (of IPv6, one network) and at one account. */
export interface AttemptRule {
  readonly name: string;
  readonly ofAddress: number;
  readonly ofAccount: number;
  readonly windowSeconds: number;
}

const quarterSeconds = 900;
const hourSeconds = 3_600;

/** Passwords: an account is guessed at no faster than 40 an hour, from however many addresses. */
export const signInRule: AttemptRule = {
  name: "sign_in",
  ofAddress: 100,
  ofAccount: 10,
  windowSeconds: quarterSeconds,
};
/** The present password, asked by whoever is signed in: another count, so that strangers cannot use it up. */
export const passwordRule: AttemptRule = { ...signInRule, name: "password" };
/** Letters: nobody's mailbox is filled through us. Each counts, since none tells whether the address is known. */
export const letterRule: AttemptRule = { name: "letter", ofAddress: 60, ofAccount: 6, windowSeconds: hourSeconds };
/** Tokens of links, which are too long to be guessed: only so that nobody is busy with it. */
export const linkRule: AttemptRule = { name: "link", ofAddress: 60, ofAccount: 60, windowSeconds: quarterSeconds };

export interface Attempt {
  readonly rule: AttemptRule;
  /** The network that it comes from. */
  readonly network: string;
  /** Whose account it is about, if that is known; kept as a hash. */
  readonly email?: string;
}

/** Under which names an attempt is counted, and how often it may be under each. */
export function countsOf({ rule, network, email }: Attempt): Map<string, number> {
  const counts = new Map([[`${rule.name}/address/${network}`, rule.ofAddress]]);
  if (email !== undefined) counts.set(`${rule.name}/account/${hash("sha256", email, "base64url")}`, rule.ofAccount);
  return counts;
}
