import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { type ReceivedSpan, startTraceReceiver, type TraceReceiver } from "../../test/fakes/trace-receiver.ts";
import { silentLog } from "./log.ts";
import { startTracing } from "./start-tracing.ts";
import { activeTracer, hereInTrace, inSpan, traceWith } from "./trace.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const caller = "00f067aa0ba902b7";

let receiver: TraceReceiver | undefined;

/** What arrives of some traced work. */
async function received(work: () => Promise<unknown>, percentKept = 100): Promise<ReceivedSpan[]> {
  receiver = await startTraceReceiver();
  const { endpoint, spans } = receiver;
  const tracing = startTracing({ endpoint, name: "test", version: "0", percentKept, log: silentLog });
  await work();
  await tracing.stop();
  return spans;
}

const from = (mark: string | undefined) => () =>
  activeTracer()?.from(mark, "work", async () => {}, {}) ?? assert.fail("Nothing is traced.");

describe("startTracing", () => {
  afterEach(async () => {
    traceWith(undefined);
    await receiver?.close();
  });

  test("puts work below the mark that it was given", async () => {
    const [span] = await received(from(`00-${traceId}-${caller}-01`));
    assert.equal(span?.traceId, traceId);
    assert.equal(span?.parentSpanId, caller);
  });

  test("reads the mark of a later version by its beginning", async () => {
    const [span] = await received(from(`cc-${traceId}-${caller}-01-what-comes-later`));
    assert.equal(span?.traceId, traceId);
  });

  test("begins a trace of its own for a mark that breaks the rules", async () => {
    const wrong = [
      "",
      "nonsense",
      `00-${traceId}-${caller}`,
      `00-${traceId}-${caller}-01-more`,
      `ff-${traceId}-${caller}-01`,
      `00-${"0".repeat(32)}-${caller}-01`,
      `00-${traceId}-${"0".repeat(16)}-01`,
      `00-${traceId.toUpperCase()}-${caller}-01`,
    ];
    const spans = await received(() => Promise.all(wrong.map((mark) => from(mark)())));
    assert.equal(spans.length, wrong.length);
    for (const span of spans) {
      assert.notEqual(span.traceId, traceId);
      assert.ok(!span.parentSpanId);
    }
  });

  test("keeps what the caller keeps, and of its own traces the share that it was told", async () => {
    const spans = await received(async () => {
      await from(undefined)();
      await from(`00-${traceId}-${caller}-00`)();
      await from(`00-${traceId}-${caller}-01`)();
    }, 0);
    assert.deepEqual(
      spans.map(({ parentSpanId }) => parentSpanId),
      [caller],
    );
  });

  test("traces nothing that belongs to no request and no job", async () => {
    const spans = await received(async () => {
      assert.equal(hereInTrace(), undefined);
      assert.equal(await inSpan("orders.lock_orders", async () => 7), 7);
    });
    assert.deepEqual(spans, []);
  });

  test("says of work that failed by which code, and never in which words", async () => {
    const error = Object.assign(new Error("canary"), { code: "23505" });
    const fail = () => activeTracer()?.from(undefined, "work", () => Promise.reject(error), {}) ?? Promise.resolve();
    const [span] = await received(() => assert.rejects(fail, error));
    assert.deepEqual(span?.attributes, [{ key: "error.type", value: { stringValue: "23505" } }]);
    assert.doesNotMatch(receiver?.bodies.join() ?? "", /canary/);
  });
});
