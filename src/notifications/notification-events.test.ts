import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { givenLetter } from "../../test/support/given-letters.ts";
import { noon } from "../../test/support/given-orders.ts";
import { writeJson } from "../http/write-json.ts";
import { failureReason } from "./channel.ts";
import { notificationEvents, notificationFailed, notificationSent } from "./notification-events.ts";

const ajv = new Ajv();
addFormats.default(ajv);

test("What is announced about letters is valid, and names nobody", () => {
  for (const kind of ["order_confirmation", "order_shipped", "order_cancelled"] as const) {
    const letter = givenLetter({ kind, customerName: "Somebody", customerEmail: "somebody@example.com" });
    const refused = failureReason({ outcome: "failed", reason: "550 somebody@example.com is unknown" });
    const notes = [
      notificationSent(letter, "smtp", noon),
      notificationFailed(letter, { channel: "http", reason: refused }, noon),
    ];
    for (const note of notes) {
      const schema = notificationEvents[note.type as keyof typeof notificationEvents];
      assert.ok(ajv.validate({ ...schema, additionalProperties: false }, note.data), ajv.errorsText());
      assert.doesNotMatch(writeJson(note), /somebody/i, "the cause and the data hold ids only");
    }
  }
});

test("Each way to fail is announced in a word of its own", () => {
  assert.equal(failureReason({ outcome: "failed", reason: "" }), "REFUSED");
  assert.equal(failureReason({ outcome: "unknown", reason: "" }), "OUTCOME_UNKNOWN");
  assert.equal(failureReason({ outcome: "not_sent", holdup: "letter", reason: "" }), "NOT_DELIVERED");
});
