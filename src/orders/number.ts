/**
 * The ORD- number of an order: its id, sent through a fixed permutation, so that numbers do not tell how many orders
 * there are or which came next. 8 digits up to id 99,999,999, 10 digits from there on, and so forth.
 *
 * Source: a balanced Feistel network over decimal halves; every round is undone by subtracting what it added.
 */
const rounds = [0x9e3779b1, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f] as const;
const fewestDigits = 8;

function scramble(half: bigint, key: number, modulus: bigint): bigint {
  let mixed = Number(half % 4_294_967_296n) ^ key;
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return BigInt((mixed ^ (mixed >>> 15)) >>> 0) % modulus;
}

function modulusFor(digits: number): bigint {
  return 10n ** BigInt(digits / 2);
}

/** `ORD-` and the permuted id. */
export function orderNumber(orderId: bigint): string {
  let digits = fewestDigits;
  while (orderId >= 10n ** BigInt(digits)) digits += 2;
  const modulus = modulusFor(digits);
  let left = orderId / modulus;
  let right = orderId % modulus;
  for (const key of rounds) [left, right] = [right, (left + scramble(right, key, modulus)) % modulus];
  return `ORD-${(left * modulus + right).toString().padStart(digits, "0")}`;
}

const numberShape = /^ORD-(\d{8}|\d{10}|\d{12}|\d{14}|\d{16}|\d{18})$/;

/** The id that this number was made from, or undefined when no order can have it. */
export function orderIdOfNumber(number: string): bigint | undefined {
  const digits = numberShape.exec(number)?.[1];
  if (digits === undefined) return undefined;
  const modulus = modulusFor(digits.length);
  let left = BigInt(digits) / modulus;
  let right = BigInt(digits) % modulus;
  for (const key of [...rounds].reverse()) {
    [left, right] = [(((right - scramble(left, key, modulus)) % modulus) + modulus) % modulus, left];
  }
  const orderId = left * modulus + right;
  return orderNumber(orderId) === number ? orderId : undefined;
}
