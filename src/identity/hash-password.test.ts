import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hashPassword as libraryHash, verifyPassword } from "better-auth/crypto";
import { hashPassword, isPassword } from "./hash-password.ts";

const word = "correct horse battery";

describe("hashPassword", () => {
  test("keeps nothing from which the password could be read, and another hash each time", async () => {
    const [one, other] = await Promise.all([hashPassword(word), hashPassword(word)]);
    assert.notEqual(one, other);
    assert.match(one, /^[0-9a-f]{32}:[0-9a-f]{128}$/);
    assert.ok(await isPassword(word, one));
    assert.ok(!(await isPassword(`${word} `, one)));
  });

  test("is read by the sign-in library, and reads what the library wrote", async () => {
    assert.ok(await verifyPassword({ hash: await hashPassword(word), password: word }));
    assert.ok(await isPassword(word, await libraryHash(word)));
  });

  test("takes the same characters in whichever form they are typed", async () => {
    const hash = await hashPassword("caf\u00e9 cr\u00e8me");
    assert.ok(await isPassword("cafe\u0301 cre\u0300me", hash));
  });

  test("says no to what is no hash", async () => {
    for (const hash of ["", ":", "abc", "00:zz", `${"0".repeat(32)}:${"0".repeat(126)}`]) {
      assert.equal(await isPassword(word, hash), false, hash);
    }
  });
});
