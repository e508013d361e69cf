import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { blindTests, idleTests, repeatedTitles } from "./check-tests.ts";
import { readRepository } from "./read-repository.ts";

const others = (await readRepository()).filter(({ path }) => path !== "test/architecture/tests.test.ts");
const written = (text: string) => [{ path: "src/orders/cancel-order.test.ts", text }];

describe("tests", () => {
  test("all run", () => assert.deepEqual(idleTests(others), []));

  test("one that is put aside is caught, one that says what it lacks is not", () => {
    assert.equal(idleTests(written(`test.skip("frees stock", () => {});`)).length, 1);
    assert.equal(idleTests(written(`describe.only("cancelOrder", () => {});`)).length, 1);
    assert.equal(idleTests(written(`test("frees stock", { todo: true }, () => {});`)).length, 1);
    assert.equal(idleTests(written(`test("frees stock", { skip: isRoot ? false : "Needs root." }, run);`)).length, 0);
  });

  test("have titles of their own", () => assert.deepEqual(repeatedTitles(others), []));

  test("a title that is there twice is caught, in another group it is not", () => {
    const twice = `describe("a", () => {\n  test("works", run);\n  test("works", run);\n});`;
    const apart = `describe("a", () => {\n  test("works", run);\n});\ndescribe("b", () => {\n  test("works", run);\n});`;
    assert.equal(repeatedTitles(written(twice)).length, 1);
    assert.equal(repeatedTitles(written(apart)).length, 0);
  });

  test("look at what came of it", () => assert.deepEqual(blindTests(others), []));

  test("a file that looks at nothing is caught", () => {
    assert.equal(blindTests(written(`test("frees stock", () => cancel());`)).length, 1);
    assert.equal(blindTests(written(`test("frees stock", () => assert.equal(cancel(), 1));`)).length, 0);
  });
});
