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

/** What makes a call answer its content as it arrives. */
export interface Streamed {
  readonly parseAs: "stream";
}

/** Calls an operation that answers a file, and gives its content as it arrives: an export has no end to its size. */
export async function streamOf(call: (streamed: Streamed) => Promise<string>): Promise<ReadableStream<Uint8Array>> {
  return (await call({ parseAs: "stream" })) as unknown as ReadableStream<Uint8Array>;
}
