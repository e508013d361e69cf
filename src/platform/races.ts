const uniqueViolation = "23505";

/** The unique constraint or index that a statement broke, or undefined for every other error. */
export function brokenUniqueness(error: unknown): string | undefined {
  if (!(error instanceof Error && "code" in error && "constraint" in error)) return undefined;
  return error.code === uniqueViolation && typeof error.constraint === "string" ? error.constraint : undefined;
}

/** Serialization failure, deadlock. */
const collisions = new Set<unknown>(["40001", "40P01"]);

/** Whether PostgreSQL rolled a transaction back since others were in its way, and asks for it again. */
export function wasCollision(error: unknown): boolean {
  return error instanceof Error && "code" in error && collisions.has(error.code);
}

const declared = new Set<string>();

/**
 * Declares unique constraints that transactions look at before they write, and at which they may meet all the same: who
 * comes second runs again from the start, and then finds what the first one wrote.
 */
export function declareRaces(constraints: readonly string[]): void {
  for (const constraint of constraints) declared.add(constraint);
}

/** Every constraint that was declared, for the test that compares them with the schema. */
export function listRaces(): string[] {
  return [...declared];
}

/** Whether a transaction failed since another one was first at a declared constraint. */
export function lostRace(error: unknown): boolean {
  const constraint = brokenUniqueness(error);
  return constraint !== undefined && declared.has(constraint);
}
