import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx } from "../../test/support/database.ts";
import { signInRule } from "./attempt.ts";
import { claimAttempt } from "./claim-attempt.ts";
import { forgetOver } from "./forget-over.ts";
import { offerSetup } from "./offer-setup.ts";
import { openSession } from "./open-session.ts";
import { insertUser, insertVerification } from "./user-queries.ts";

const noon = new Date("2026-11-23T12:00:00.000Z");
const dayMs = 86_400_000;
const userId = "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f";
const origin = { address: "203.0.113.7", agent: "test" };

describe("forgetOver", () => {
  test(
    "takes away what is over, once, and leaves what is not",
    inTx(async (tx) => {
      for (const now of [noon, new Date(noon.getTime() + 8 * dayMs)]) {
        await insertUser(tx, { userId, name: "Ann", email: "ann@example.com", emailVerified: true, now });
        await openSession(tx, { userId, origin }, now);
        await claimAttempt(tx, { rule: signInRule, network: `n${now.getTime()}` }, now);
        const verificationId = now === noon ? userId : "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e90";
        const expiresAt = new Date(now.getTime() + dayMs);
        await insertVerification(tx, { verificationId, identifier: "x", value: userId, expiresAt, now });
      }
      await offerSetup(tx, noon);
      const later = new Date(noon.getTime() + 8 * dayMs);
      assert.equal(await forgetOver(tx, later), 4);
      assert.equal(await forgetOver(tx, later), 0);
      const left = await ask<{ n: number }>(
        tx,
        `select (select count(*) from identity.sessions)::int + (select count(*) from identity.attempts)::int
              + (select count(*) from identity.verifications)::int as n`,
      );
      assert.deepEqual(left, [{ n: 3 }]);
    }),
  );
});
