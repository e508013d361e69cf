import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { counter, gauge, histogram, one, openMetrics } from "./metrics.ts";
import { Tally, TallyBook } from "./tally.ts";

/** The lines about one metric of ours, without those that begin with #. */
function linesOf(text: string, name: string): string[] {
  return text.split("\n").filter((line) => line.startsWith(`orderwell_${name}`));
}

describe("a tally", () => {
  test("counts a value that meets a bound within it, and one above all bounds after the last", () => {
    const tally = new Tally([1, 2]);
    for (const value of [0.5, 1, 1.5, 2, 3]) tally.add(value);
    assert.deepEqual(tally.counts, [2, 2, 1]);
    assert.equal(tally.count, 5);
    assert.equal(tally.sum, 8);
  });

  test("is kept for each combination of labels", () => {
    const book = new TallyBook(["call", "outcome"], [1]);
    book.add(1, "charge", "paid");
    book.add(1, "charge", "failed");
    book.add(1, "charge", "paid");
    assert.deepEqual(
      book.list().map(({ labels, tally }) => [labels, tally.count]),
      [
        [{ call: "charge", outcome: "paid" }, 2],
        [{ call: "charge", outcome: "failed" }, 1],
      ],
    );
  });
});

describe("openMetrics", () => {
  test("reads every number when it is asked, and not before", async () => {
    let asked = 0;
    const count = () => {
      asked += 1;
      return one(asked, { state: "busy" });
    };
    const metrics = openMetrics([
      gauge("things", "Things.", count),
      counter("acts_total", "Acts.", async () => one(7)),
    ]);
    assert.equal(asked, 0);
    const text = await metrics.text();
    assert.match(text, /# HELP orderwell_things Things\.\n# TYPE orderwell_things gauge/);
    assert.deepEqual(linesOf(text, "things"), ['orderwell_things{state="busy"} 1']);
    assert.deepEqual(linesOf(text, "acts"), ["orderwell_acts_total 7"]);
    assert.deepEqual(linesOf(await metrics.text(), "things"), ['orderwell_things{state="busy"} 2']);
  });

  test("writes a histogram with buckets that add up, its sum and its count", async () => {
    const book = new TallyBook(["route"], [0.1, 1]);
    for (const seconds of [0.05, 0.5, 5]) book.add(seconds, '/a"b');
    const text = await openMetrics([histogram("request_seconds", "Requests.", book)]).text();
    assert.match(text, /# TYPE orderwell_request_seconds histogram/);
    assert.deepEqual(linesOf(text, "request_seconds"), [
      'orderwell_request_seconds_bucket{route="/a\\"b",le="0.1"} 1',
      'orderwell_request_seconds_bucket{route="/a\\"b",le="1"} 2',
      'orderwell_request_seconds_bucket{route="/a\\"b",le="+Inf"} 3',
      'orderwell_request_seconds_sum{route="/a\\"b"} 5.55',
      'orderwell_request_seconds_count{route="/a\\"b"} 3',
    ]);
  });

  test("has a registry of its own, so that a second one can be opened in a process", () => {
    const names = openMetrics([gauge("things", "Things.", () => one(1))]).names();
    assert.ok(names.includes("orderwell_things"));
    assert.ok(names.includes("process_cpu_seconds_total"));
    assert.ok(!openMetrics([]).names().includes("orderwell_things"));
  });
});
