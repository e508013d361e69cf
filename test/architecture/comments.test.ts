import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  idleThrows,
  longComments,
  silencedTypes,
  unfinishedWork,
  unknownThrows,
  untoldThrows,
} from "./check-comments.ts";
import { readRepository } from "./read-repository.ts";

const files = await readRepository();
const declaration = {
  path: "src/orders/order-errors.ts",
  text: `export const orderNotFound = refusal<{ orderId: string }>(\n  "order.not_found", "not-found", () => "")`,
};
const verb = (text: string) => [declaration, { path: "src/orders/cancel-order.ts", text }];

describe("comments", () => {
  test("promise nothing without an issue", () => assert.deepEqual(unfinishedWork(files), []));

  test("such a promise is caught, one with its issue is not", () => {
    assert.equal(unfinishedWork(verb("// TODO later")).length, 1);
    assert.equal(unfinishedWork(verb("// TODO(#12): later")).length, 0);
  });

  test("are three lines at most", () => assert.deepEqual(longComments(files), []));

  test("a longer one is caught", () => {
    assert.equal(longComments(verb("// a\n".repeat(4))).length, 1);
    assert.equal(longComments(verb("// a\n".repeat(3))).length, 0);
  });

  test("say why a type error is expected", () => assert.deepEqual(silencedTypes(files), []));

  test("one that does not is caught", () => {
    assert.equal(silencedTypes(verb("// @ts-expect-error\n")).length, 1);
    assert.equal(silencedTypes(verb("// @ts-expect-error The column is not there.\n")).length, 0);
  });
});

describe("@throws", () => {
  test("names codes that exist", () => assert.deepEqual(unknownThrows(files), []));

  test("a code that nothing declares is caught", () => {
    assert.equal(unknownThrows(verb("/** @throws order.not_found, order.lost */")).length, 1);
    assert.equal(unknownThrows(verb("/** @throws order.not_found */")).length, 0);
  });

  test("tells what a verb throws", () => assert.deepEqual(untoldThrows(files), []));

  test("an untold code is caught", () => {
    assert.equal(untoldThrows(verb("throw orderNotFound({ orderId });")).length, 1);
    assert.equal(untoldThrows(verb("/** @throws order.not_found */ throw orderNotFound({ orderId });")).length, 0);
  });

  test("tells the code of its own module, where another one has a refusal of the same name", () => {
    const path = "src/carts/cart-errors.ts";
    const other = { path, text: declaration.text.replace("order.not_found", "cart.order_not_found") };
    const told = [...verb("/** @throws order.not_found */ throw orderNotFound({ orderId });"), other];
    assert.equal(untoldThrows(told).length, 0);
    assert.equal(untoldThrows([...told, { ...told[1], path: "src/carts/empty-cart.ts" } as never]).length, 1);
  });

  test("tells nothing that cannot be thrown", () => assert.deepEqual(idleThrows(files), []));

  test("a code that nothing within reach throws is caught", () => {
    const told = "/** @throws order.not_found */ export const cancel = () => lock();";
    const lock = { path: "src/orders/lock-order.ts", text: "throw orderNotFound({ orderId });" };
    assert.equal(idleThrows(verb(told)).length, 1);
    assert.equal(idleThrows([...verb(told), lock]).length, 1);
    assert.equal(idleThrows([...verb(`import { lock } from "./lock-order.ts"; ${told}`), lock]).length, 0);
    assert.equal(idleThrows(verb(`${told} throw orderNotFound({ orderId });`)).length, 0);
  });
});
