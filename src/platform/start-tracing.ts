import { setTimeout as sleep } from "node:timers/promises";
import {
  type Context,
  ROOT_CONTEXT,
  type Tracer as SdkTracer,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { Log } from "./log.ts";
import { type Mark, type SpanOptions, type Tracer, traceWith } from "./trace.ts";

export interface TracingOptions {
  /** Where spans are sent, without `/v1/traces`. */
  readonly endpoint: string;
  readonly name: string;
  readonly version: string;
  /** Of the traces that begin here, how many of a hundred are kept; what a caller began is kept as the caller says. */
  readonly percentKept: number;
  readonly log: Log;
}

export interface Tracing {
  /** Sends what is left, for a few seconds at most. Never throws. */
  stop(): Promise<void>;
}

const exportTimeoutMs = 5_000; // A collector that takes longer is in trouble; its spans are dropped.
const sendEveryMs = 2_000;
const mostWaiting = 8_192; // Some 10 MB. What comes while so many wait is dropped.
const mostTogether = 1_024;
const mostLinks = 1_000; // As many as the largest set has members.
const stopMs = 3_000;

/**
 * Has this process send its spans to an OTLP endpoint. Nobody waits for the endpoint: when it is down or hangs, spans are
 * dropped and the log says so once. Loaded only when an endpoint is configured, since the packages take 60 ms.
 */
export function startTracing(options: TracingOptions): Tracing {
  const url = `${options.endpoint.replace(/\/+$/, "")}/v1/traces`;
  const exporter = watched(new OTLPTraceExporter({ url, timeoutMillis: exportTimeoutMs }), options.log);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": options.name, "service.version": options.version }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(options.percentKept / 100) }),
    spanLimits: { linkCountLimit: mostLinks },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        scheduledDelayMillis: sendEveryMs,
        exportTimeoutMillis: exportTimeoutMs,
        maxQueueSize: mostWaiting,
        maxExportBatchSize: mostTogether,
      }),
    ],
  });
  const contexts = new AsyncLocalStorageContextManager().enable();
  traceWith(tracerOf(provider.getTracer("orderwell", options.version), contexts));
  return {
    async stop() {
      traceWith(undefined);
      const late = new AbortController();
      await Promise.race([
        provider.shutdown().catch(() => {}),
        sleep(stopMs, undefined, { signal: late.signal }).catch(() => {}),
      ]);
      late.abort();
      contexts.disable();
    },
  };
}

/** The same exporter, whose trouble is told once and whose recovery is told too. */
function watched(exporter: OTLPTraceExporter, log: Log): SpanExporter {
  let failing = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const failed = result.error !== undefined;
        if (failed && !failing) log.warn({ err: result.error }, "Spans cannot be sent and are dropped.");
        if (!failed && failing) log.info({}, "Spans are sent again.");
        failing = failed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush(),
  };
}

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER } as const;

function tracerOf(sdk: SdkTracer, contexts: AsyncLocalStorageContextManager): Tracer {
  function begin(parent: Context, name: string, { side, facts, links }: SpanOptions): Span {
    const kind = side === undefined ? SpanKind.INTERNAL : kinds[side];
    const linked = links?.flatMap((mark) => {
      const context = spanContextOf(mark.traceparent);
      return context ? [{ context }] : [];
    });
    return sdk.startSpan(name, { kind, attributes: { ...facts }, ...(linked ? { links: linked } : {}) }, parent);
  }

  async function during<Result>(parent: Context, span: Span, work: () => Promise<Result>): Promise<Result> {
    try {
      return await contexts.with(trace.setSpan(parent, span), work);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute("error.type", typeOf(error));
      throw error;
    } finally {
      span.end();
    }
  }

  return {
    below(name, work, options) {
      const parent = contexts.active();
      return trace.getSpan(parent) ? during(parent, begin(parent, name, options), work) : work();
    },
    from(mark, name, work, options) {
      const parent = contextOf(mark);
      return during(parent, begin(parent, name, options), work);
    },
    open(mark, name, options) {
      const parent = contextOf(mark);
      const span = begin(parent, name, options);
      const inside = trace.setSpan(parent, span);
      return {
        run: (work) => contexts.with(inside, work),
        end(facts, failed) {
          if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
          span.setAttributes({ ...facts }).end();
        },
      };
    },
    here() {
      const span = trace.getSpan(contexts.active());
      return span && markOf(span);
    },
  };
}

/** An error by its code or class. Its message may hold what a customer typed. */
function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

function markOf(span: Span): Mark {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`,
    linkTo(other) {
      const context = spanContextOf(other.traceparent);
      if (context) span.addLink({ context });
    },
  };
}

function contextOf(mark: string | undefined): Context {
  const parent = mark === undefined ? undefined : spanContextOf(mark);
  return parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}

/** A later version may have more at its end, and its beginning is read the same. */
const traceparent = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Reads a mark that may come from anybody. Source: W3C Trace Context, section 3.2.2. */
function spanContextOf(text: string): SpanContext | undefined {
  const [, version, traceId, spanId, flags, more] = traceparent.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === "00" && more !== undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
}
