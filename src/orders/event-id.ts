const sequenceDigits = 4; // Up to 7fff, far more events than an order lives through; payments take the rest.

/** The event's id: the order's with its last four digits replaced by the number, so that a repeated run makes the same. */
export function eventIdOf(uid: string, sequence: number): string {
  return uid.slice(0, -sequenceDigits) + sequence.toString(16).padStart(sequenceDigits, "0");
}
