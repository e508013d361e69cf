import type { Fault, Problem } from "./generated/types.gen.ts";

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "code" in value && typeof value.code === "string";
}

/** A request that was refused, or failed on the server: the problem document, as an error that can be thrown. */
export class OrderwellProblem extends Error {
  readonly status: number;
  /** The stable word to program against, such as `order.cannot_move`; `unknown` when something in between answered. */
  readonly code: string;
  /** Everything that is wrong with what was sent, each with a JSON pointer. */
  readonly errors: readonly Fault[];
  /** The request's name in the server's log. */
  readonly requestId: string | undefined;
  readonly response: Response;

  /** Takes the answer and its body, read as JSON or else as text. */
  constructor(response: Response, body: unknown) {
    const problem: Partial<Problem> = isProblem(body) ? body : {};
    super(problem.detail ?? `The server answered ${response.status}.`);
    this.name = "OrderwellProblem";
    this.status = response.status;
    this.code = problem.code ?? "unknown";
    this.errors = problem.errors ?? [];
    this.requestId = problem.request_id;
    this.response = response;
  }
}
