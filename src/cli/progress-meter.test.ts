import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, test } from "node:test";
import { openMeter, type Progress } from "./progress-meter.ts";

const reading = (done: number): Progress => ({ stage: "Reading", done, whole: 200, text: `${done} rows` });

/** A stream that keeps what is written to it, and says whether it is a terminal. */
function givenStream(isTTY: boolean) {
  const through = new PassThrough().setEncoding("utf8");
  const stream = Object.assign(through, { isTTY, columns: 100 });
  return { stream, written: (): string => through.read() ?? "" };
}

describe("openMeter in a pipe", () => {
  test("writes a line when a stage begins, and then one every few seconds", async () => {
    const { stream, written } = givenStream(false);
    let nowMs = 0;
    const meter = await openMeter(stream, () => nowMs);
    meter.show(reading(10));
    nowMs = 2_900;
    meter.show(reading(50));
    nowMs = 3_000;
    meter.show(reading(55));
    nowMs = 3_100;
    meter.show({ stage: "Placing", done: 0, whole: 0, text: "" });
    assert.equal(written(), "Reading  5 %  10 rows\nReading  27 %  55 rows\nPlacing\n");
  });

  test("writes at its end what was not written yet, and nothing twice", async () => {
    const { stream, written } = givenStream(false);
    const meter = await openMeter(stream, () => 0);
    meter.show(reading(10));
    meter.show(reading(200));
    meter.end();
    assert.equal(written(), "Reading  5 %  10 rows\nReading  100 %  200 rows\n");
    const alone = await openMeter(stream, () => 0);
    alone.show(reading(10));
    alone.end();
    assert.equal(written(), "Reading  5 %  10 rows\n");
  });
});

describe("openMeter on a terminal", () => {
  test("draws a bar over itself, leaves the last, and gives the cursor back", async () => {
    const { stream, written } = givenStream(true);
    const meter = await openMeter(stream);
    meter.show(reading(0));
    meter.show(reading(100));
    meter.end();
    const drawn = written();
    assert.match(drawn, /Reading ░{20} 0 % {2}0 rows/);
    assert.match(drawn, /Reading █{10}░{10} 50 % {2}100 rows/);
    const [hidden, shown] = ["\u001b[?25l", "\u001b[?25h"].map((code) => drawn.lastIndexOf(code));
    assert.ok(hidden !== undefined && hidden >= 0 && shown !== undefined && shown > hidden);
    assert.match(drawn, /\n$/);
  });

  test("is quiet when nothing was shown", async () => {
    const { stream, written } = givenStream(true);
    (await openMeter(stream)).end();
    assert.equal(written(), "");
  });
});
