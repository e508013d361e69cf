import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { failedJobOf, failureCause, orderIdOfPayload, shownError, shownPayload } from "./failure.ts";

describe("failureCause", () => {
  test("names the job and how often it was begun anew, and is read back", () => {
    assert.equal(failureCause({ jobId: 12n, round: 3 }), "job_failed job 12 round 3");
    assert.equal(failedJobOf("job_failed job 12 round 3"), 12n);
    for (const other of ["refund_failed order 12 refund 1", "job_failed job x round 0", "a job_failed job 1 round 0"])
      assert.equal(failedJobOf(other), undefined);
  });
});

describe("shownError", () => {
  test("has the first line without addresses, and no more than 500 characters of it", () => {
    assert.equal(shownError("550 no mailbox <ann@example.com> here\n  at send"), "550 no mailbox <(address)> here");
    assert.equal(shownError('to "o\'hara+x@sub.example.co.jp", twice: a@b'), 'to "o\'(address)", twice: (address)');
    assert.equal(shownError("x".repeat(1000)).length, 500);
    assert.ok(shownError(`${"x".repeat(499)}\u{1f600}`).isWellFormed());
  });
});

describe("shownPayload", () => {
  test("shows numbers, ids and kinds, and hides whatever may be about a person", () => {
    assert.deepEqual(
      shownPayload({
        orderId: "7",
        refund: 1,
        kind: "order_shipped",
        to: "ann@example.com",
        name: "Ann",
        traceparent: "00-1-2-01",
        items: [{ sku: "a" }],
        at: null,
        rate: 0.5,
        longId: "x".repeat(65),
        mailId: "ann@example.com",
      }),
      { orderId: "7", refund: 1, kind: "order_shipped" },
    );
    for (const odd of [null, undefined, "text", 7, ["a"], {}]) assert.deepEqual(shownPayload(odd), {});
  });
});

describe("orderIdOfPayload", () => {
  test("reads the order's id, or null when it names none", () => {
    assert.equal(orderIdOfPayload({ orderId: "7" }), 7n);
    for (const odd of [{}, null, { orderId: "x" }, { orderId: "0" }, { orderId: "9".repeat(19) }, { orderId: {} }])
      assert.equal(orderIdOfPayload(odd), null);
  });
});
