import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import type { Tx } from "../platform/db.ts";
import { Refusal } from "../platform/errors.ts";
import {
  type Claim,
  claimKeys,
  findKey,
  forgetKeys,
  type KeyRow,
  listUnanswered,
  notePayment,
  storeAnswers,
} from "./claim-keys.ts";
import { replayOf } from "./idempotency.ts";

const noon = new Date("2026-11-23T12:00:00Z");
const hourMs = 3_600_000;

function later(hours: number): Date {
  return new Date(noon.getTime() + hours * hourMs);
}

function claim(key: string, more: Partial<Claim> = {}): Claim {
  return { principal: "shop", key, fingerprint: "f", orderId: null, ...more };
}

function row(key: string, more: Partial<KeyRow> = {}): KeyRow {
  const free = { orderId: null, paymentOrderId: null, paymentAttempt: null, answerStatus: null, answerBody: null };
  return { principal: "shop", key, fingerprint: "f", ...free, ...more };
}

function answerTo(key: string, body = "{}") {
  return { principal: "shop", key, status: 201, body };
}

async function rowOf(tx: Tx, key: string): Promise<KeyRow | undefined> {
  return findKey(tx, { principal: "shop", key }, noon);
}

describe("claimKeys", () => {
  test(
    "claims new keys in one statement",
    inTx(async (tx) => {
      const names = await statementsOf(tx, async (watched) => {
        const claims = [claim("b"), claim("a", { orderId: 7n })];
        assert.deepEqual(await claimKeys(watched, claims, noon), ["claimed", "claimed"]);
      });
      assert.deepEqual(names, ["http.insert_keys"]);
      assert.deepEqual(await rowOf(tx, "a"), row("a", { orderId: 7n }));
    }),
  );

  test(
    "answers the row of each key that is taken, in the order of the claims",
    inTx(async (tx) => {
      await claimKeys(tx, [claim("a", { orderId: 7n }), claim("c")], noon);
      await storeAnswers(tx, [answerTo("c", '{"id":3}')], noon);
      const outcomes = await claimKeys(tx, [claim("c"), claim("b"), claim("a", { orderId: 9n })], later(1));
      assert.deepEqual(outcomes, [
        row("c", { answerStatus: 201, answerBody: '{"id":3}' }),
        "claimed",
        row("a", { orderId: 7n }),
      ]);
    }),
  );

  test(
    "gives a key that comes twice in a set to its first",
    inTx(async (tx) => {
      const outcomes = await claimKeys(
        tx,
        [claim("a", { orderId: 1n }), claim("b"), claim("a", { orderId: 2n })],
        noon,
      );
      assert.deepEqual(outcomes, ["claimed", "claimed", row("a", { orderId: 1n })]);
    }),
  );

  test(
    "answers the same row to both of a set when the key was taken before",
    inTx(async (tx) => {
      await claimKeys(tx, [claim("a", { orderId: 1n })], noon);
      const taken = row("a", { orderId: 1n });
      assert.deepEqual(await claimKeys(tx, [claim("a"), claim("a")], noon), [taken, taken]);
    }),
  );

  test(
    "keeps the keys of different principals apart",
    inTx(async (tx) => {
      await claimKeys(tx, [claim("a")], noon);
      assert.deepEqual(await claimKeys(tx, [claim("a", { principal: "other" })], noon), ["claimed"]);
    }),
  );

  test(
    "takes a key over after a day, and forgets its answer",
    inTx(async (tx) => {
      await claimKeys(tx, [claim("a", { orderId: 1n })], noon);
      await storeAnswers(tx, [answerTo("a")], noon);
      assert.notEqual((await claimKeys(tx, [claim("a")], later(23.9)))[0], "claimed");
      assert.deepEqual(await claimKeys(tx, [claim("a", { orderId: 2n, fingerprint: "g" })], later(24)), ["claimed"]);
      assert.deepEqual(await rowOf(tx, "a"), row("a", { orderId: 2n, fingerprint: "g" }));
    }),
  );

  test(
    "takes keys as they are",
    inTx(async (tx) => {
      const keys = ["'", '"', "\\", "a,b", "{}", " ", "null", "x".repeat(255), "%s"];
      assert.deepEqual(
        await claimKeys(
          tx,
          keys.map((key) => claim(key)),
          noon,
        ),
        keys.map(() => "claimed"),
      );
      for (const key of keys) assert.equal((await rowOf(tx, key))?.key, key);
    }),
  );

  test("lets one of two that come at once have the key, the other waits and hears its row", async () => {
    const { db } = await testDatabase();
    const rounds = 20;
    for (let round = 0; round < rounds; round += 1) {
      const keys = [`a${round}`, `b${round}`];
      const runs = [keys, keys.toReversed()].map((mine, index) =>
        db.transaction(async (tx) => {
          const outcomes = await claimKeys(
            tx,
            mine.map((key) => claim(key, { orderId: BigInt(index) })),
            noon,
          );
          if (outcomes[0] !== "claimed") return outcomes;
          await storeAnswers(
            tx,
            mine.map((key) => answerTo(key, `${index}`)),
            noon,
          );
          return "won";
        }),
      );
      const results = await Promise.all(runs);
      const winner = results.indexOf("won");
      assert.equal(results.filter((result) => result === "won").length, 1);
      const heard = results.find((result) => result !== "won") as KeyRow[];
      assert.deepEqual(
        heard.map((one) => one.answerBody),
        [`${winner}`, `${winner}`],
      );
    }
  });
});

describe("notePayment", () => {
  test(
    "names the payment of a claimed key, for whoever completes its answer, until the key is used anew",
    inTx(async (tx) => {
      await claimKeys(tx, [claim("a"), claim("b")], noon);
      await notePayment(tx, claim("a"), { orderId: 7n, attempt: 2 });
      const noted = row("a", { paymentOrderId: 7n, paymentAttempt: 2 });
      assert.deepEqual(await rowOf(tx, "a"), noted);
      assert.deepEqual(await listUnanswered(tx, later(1)), [noted]);
      await claimKeys(tx, [claim("a")], later(24));
      assert.deepEqual(await findKey(tx, claim("a"), later(24)), row("a"));
    }),
  );
});

describe("storeAnswers", () => {
  test(
    "keeps the first answer",
    inTx(async (tx) => {
      await claimKeys(tx, [claim("a")], noon);
      await storeAnswers(tx, [answerTo("a", "1")], noon);
      await storeAnswers(tx, [answerTo("a", "2"), answerTo("unclaimed", "3")], noon);
      assert.equal((await rowOf(tx, "a"))?.answerBody, "1");
      assert.equal(await rowOf(tx, "unclaimed"), undefined);
    }),
  );
});

describe("findKey", () => {
  test(
    "finds nothing that has expired",
    inTx(async (tx) => {
      await claimKeys(tx, [claim("a")], noon);
      assert.notEqual(await findKey(tx, claim("a"), later(23.9)), undefined);
      assert.equal(await findKey(tx, claim("a"), later(24)), undefined);
    }),
  );
});

describe("forgetKeys", () => {
  test(
    "takes away what has expired, a thousand at most",
    inTx(async (tx) => {
      const old = Array.from({ length: 1001 }, (_, index) => claim(`old${index}`));
      await claimKeys(tx, old, noon);
      await claimKeys(tx, [claim("young")], later(1));
      assert.deepEqual([await forgetKeys(tx, later(24)), await forgetKeys(tx, later(24))], [1000, 1]);
      assert.equal(await forgetKeys(tx, later(24)), 0);
      assert.notEqual(await rowOf(tx, "young"), undefined);
    }),
  );
});

describe("replayOf", () => {
  const answered = row("a", { answerStatus: 201, answerBody: "{}" });

  test("gives the answer to the same request", () => {
    assert.deepEqual(replayOf(answered, "f"), { status: 201, body: "{}", replayed: true });
  });

  const refusals: [string, KeyRow, string, string][] = [
    ["another request", answered, "g", "http.idempotency_key_reused"],
    ["another request while the first is under way", row("a"), "g", "http.idempotency_key_reused"],
    ["the same request while the first is under way", row("a"), "f", "http.idempotency_key_in_flight"],
  ];
  for (const [name, kept, fingerprint, code] of refusals) {
    test(`refuses ${name}`, () => {
      const refusal = replayOf(kept, fingerprint);
      assert.ok(refusal instanceof Refusal);
      assert.equal(refusal.code, code);
      assert.equal(refusal.extras.retryAfterSeconds, code.endsWith("flight") ? 1 : undefined);
    });
  }
});
