/** A receiver of OTLP over HTTP, as any collector is one: keeps the spans that it is sent, or hangs when told to. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

interface AttributeText {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number | string };
}

/** A span as it was received; ids are hexadecimal, and the head of a trace has no parent. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly attributes?: readonly AttributeText[];
}

export interface TraceReceiver {
  readonly endpoint: string;
  readonly spans: ReceivedSpan[];
  /** Every body as it came, for who looks for what must not be there. */
  readonly bodies: string[];
  /** How often it was called, whether it answered or not. */
  calls(): number;
  close(): Promise<void>;
}

interface Sent {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly ReceivedSpan[] }[] }[];
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Listens on a free port of this machine. A `hanging` one takes every call and answers none. */
export async function startTraceReceiver(how: "honest" | "hanging" = "honest"): Promise<TraceReceiver> {
  const spans: ReceivedSpan[] = [];
  const bodies: string[] = [];
  let calls = 0;
  const server = createServer(async (request, response) => {
    calls += 1;
    if (how === "hanging") return;
    const text = await textOf(request);
    bodies.push(text);
    for (const { scopeSpans } of (JSON.parse(text) as Sent).resourceSpans) {
      for (const scope of scopeSpans) spans.push(...scope.spans);
    }
    response.writeHead(request.url === "/v1/traces" ? 200 : 404, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    bodies,
    calls: () => calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
