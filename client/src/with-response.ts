/** What a call answered, with its status and its headers. */
export interface Answered<Body> {
  readonly data: Body;
  readonly response: Response;
}

/** What makes a call answer all of it. */
export interface Whole {
  readonly responseStyle: "fields";
}

/**
 * Calls an operation and answers its response beside its body, for the headers: `ETag`, `Link`, `Idempotent-Replayed`.
 * The generated types know of the body alone, whatever a call is asked for.
 */
export async function withResponse<Body>(call: (whole: Whole) => Promise<Body>): Promise<Answered<Body>> {
  return (await call({ responseStyle: "fields" })) as unknown as Answered<Body>;
}
