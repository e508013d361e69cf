import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, testDatabase } from "../../test/support/database.ts";
import { giveUpLease, holdsLease, type Lease, takeLease } from "./leases.ts";

const name = "watch";
const ann = randomUUID();
const ben = randomUUID();

describe("takeLease", () => {
  test(
    "gives the lease to one holder, who renews it under the same token",
    inTx(async (tx) => {
      assert.deepEqual(await takeLease(tx, { name, holder: ann, seconds: 60 }), { name, holder: ann, token: 1n });
      assert.equal(await takeLease(tx, { name, holder: ben, seconds: 60 }), undefined);
      assert.deepEqual(await takeLease(tx, { name, holder: ann, seconds: 60 }), { name, holder: ann, token: 1n });
    }),
  );

  test(
    "gives a lease that is over to the next, with a larger token",
    inTx(async (tx) => {
      await takeLease(tx, { name, holder: ann, seconds: 0 });
      assert.deepEqual(await takeLease(tx, { name, holder: ben, seconds: 60 }), { name, holder: ben, token: 2n });
      assert.equal(await takeLease(tx, { name, holder: ann, seconds: 60 }), undefined);
    }),
  );

  test(
    "gives the same holder a larger token when its lease was over in between",
    inTx(async (tx) => {
      await takeLease(tx, { name, holder: ann, seconds: 0 });
      assert.equal((await takeLease(tx, { name, holder: ann, seconds: 60 }))?.token, 2n);
    }),
  );

  test("gives it to one of many that ask at once", async () => {
    const { db } = await testDatabase();
    const asked = await Promise.all(
      Array.from({ length: 8 }, () => takeLease(db, { name, holder: randomUUID(), seconds: 60 })),
    );
    assert.equal(asked.filter((lease) => lease !== undefined).length, 1);
  });
});

describe("holdsLease", () => {
  test(
    "is true for the holder's token alone, while the lease lasts",
    inTx(async (tx) => {
      const lease = (await takeLease(tx, { name, holder: ann, seconds: 60 })) as Lease;
      assert.equal(await holdsLease(tx, lease), true);
      assert.equal(await holdsLease(tx, { ...lease, token: 2n }), false);
      assert.equal(await holdsLease(tx, { ...lease, holder: ben }), false);
      await takeLease(tx, { name, holder: ann, seconds: 0 });
      assert.equal(await holdsLease(tx, lease), false);
    }),
  );

  test("keeps the lease from changing hands before the transaction ends", async () => {
    const { db } = await testDatabase();
    const lease = (await takeLease(db, { name, holder: ann, seconds: 1 })) as Lease;
    const order: string[] = [];
    const taking = await db.transaction(async (tx) => {
      assert.equal(await holdsLease(tx, lease), true);
      const taken = (async () => {
        let got: Lease | undefined;
        while (!got) got = await takeLease(db, { name, holder: ben, seconds: 60 });
        order.push("taken");
      })();
      // The lease is over by now; the other one asks all the time.
      let over = false;
      while (!over) over = !(await holdsLease(tx, lease));
      order.push("written");
      return { taken };
    });
    await taking.taken;
    assert.deepEqual(order, ["written", "taken"]);
  });
});

describe("giveUpLease", () => {
  test(
    "lets the next have it at once, and does nothing for an old token",
    inTx(async (tx) => {
      const old = (await takeLease(tx, { name, holder: ann, seconds: 0 })) as Lease;
      const present = (await takeLease(tx, { name, holder: ben, seconds: 60 })) as Lease;
      await giveUpLease(tx, old);
      assert.equal(await holdsLease(tx, present), true);
      await giveUpLease(tx, present);
      // A time without end would be a violation to whoever verifies a shop that was stopped.
      assert.deepEqual(await ask(tx, "select isfinite(lease_until) as finite from platform.leases"), [
        { finite: true },
      ]);
      assert.equal((await takeLease(tx, { name, holder: ann, seconds: 60 }))?.token, 3n);
    }),
  );
});
