/** What a span says beside its name. Names and ids of ours only: never a value of a row, an address or a name. */
export type SpanFacts = Readonly<Record<string, string | number>>;

export interface SpanOptions {
  /** From which side the work is seen; `internal` when absent. */
  readonly side?: "server" | "client" | "consumer";
  readonly facts?: SpanFacts;
  readonly links?: readonly Mark[];
}

/** A place in a trace that later work can be tied to. */
export interface Mark {
  /** As the header of that name has it. Source: W3C Trace Context, section 3.2. */
  readonly traceparent: string;
  /** Says that this work went on there. */
  linkTo(other: Mark): void;
}

/** A span whose end is somewhere else. */
export interface OpenSpan {
  /** Runs what belongs to it: spans that begin meanwhile stand below it. */
  run(work: () => void): void;
  end(facts: SpanFacts, failed: boolean): void;
}

/** Who writes spans down. There is none unless an endpoint is configured. */
export interface Tracer {
  /** Runs the work in a span below the present one. Where there is none, the work just runs. */
  below<Result>(name: string, work: () => Promise<Result>, options: SpanOptions): Promise<Result>;
  /** Runs the work in a span below the mark, or at the head of a trace of its own. */
  from<Result>(
    mark: string | undefined,
    name: string,
    work: () => Promise<Result>,
    options: SpanOptions,
  ): Promise<Result>;
  open(mark: string | undefined, name: string, options: SpanOptions): OpenSpan;
  here(): Mark | undefined;
}

let tracer: Tracer | undefined;

/** Has this process traced from now on, or no longer. */
export function traceWith(next: Tracer | undefined): void {
  tracer = next;
}

/** The tracer of this process, for those who do more than run some work in a span. */
export function activeTracer(): Tracer | undefined {
  return tracer;
}

const plain: SpanOptions = {};

/** Runs the work in a span below the present one, when this process is traced; otherwise it costs a comparison. */
export function inSpan<Result>(name: string, work: () => Promise<Result>, options = plain): Promise<Result> {
  return tracer === undefined ? work() : tracer.below(name, work, options);
}

/** Where the present work stands in its trace; undefined when it is not traced. */
export function hereInTrace(): Mark | undefined {
  return tracer?.here();
}
