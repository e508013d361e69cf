import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { columnsText } from "./terminal.ts";

describe("columnsText", () => {
  test("lines columns up, whether letters take one place or two", () => {
    assert.deepEqual(
      columnsText([
        ["注文番号", "is order_reference"],
        ["ﾒｰﾙ", "is customer_email"],
        ["qty", ""],
      ]),
      ["注文番号  is order_reference", "ﾒｰﾙ       is customer_email", "qty"],
    );
  });
});
