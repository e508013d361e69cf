import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  deepFolders,
  emptyWords,
  facesWithLogic,
  randomNouns,
  repeatedBaseNames,
  repeatedNumbers,
  strayCommands,
} from "./check-names.ts";
import { longFiles } from "./check-sizes.ts";
import { readRepository } from "./read-repository.ts";

const files = await readRepository();
const bad = (path: string, text = "") => [{ path, text }];

describe("base names", () => {
  test("each stands once", () => assert.deepEqual(repeatedBaseNames(files), []));

  test("two files of one name are caught, two faces are not", () => {
    const two = [
      ...bad("src/orders/order.ts"),
      ...bad("test/order.ts"),
      ...bad("src/a/index.ts"),
      ...bad("src/b/index.ts"),
    ];
    assert.deepEqual(repeatedBaseNames(two), ["order.ts is in src/orders/order.ts, test/order.ts."]);
  });
});

describe("folders", () => {
  test("are two deep at most", () => assert.deepEqual(deepFolders(files), []));

  test("a third level is caught", () => {
    assert.equal(deepFolders(bad("src/orders/sagas/steps/first.ts")).length, 1);
    assert.equal(deepFolders(bad("src/orders/sagas/first.ts")).length, 0);
  });
});

describe("names", () => {
  test("have no word that fits everything", () => assert.deepEqual(emptyWords(files), []));

  test("such a word is caught in a file and in an export, not within another word", () => {
    assert.equal(emptyWords(bad("src/orders/order-helper.ts")).length, 1);
    assert.equal(emptyWords(bad("src/orders/order.ts", "export class OrderManager {}")).length, 1);
    assert.equal(
      emptyWords(bad("src/orders/order.ts", "export const database = 1;\nexport const commonly = 2;")).length,
      0,
    );
  });
});

describe("numbers", () => {
  test("that a module exports stand once in it", () => assert.deepEqual(repeatedNumbers(files), []));

  test("one that stands twice is caught, in another module it is not", () => {
    const most = "export const mostRows = 1_000; // Why.\n";
    const twice = [...bad("src/imports/import.ts", most), ...bad("src/imports/read-rows.ts", most)];
    assert.deepEqual(repeatedNumbers(twice), ["src/imports: mostRows is in import.ts, read-rows.ts."]);
    assert.equal(
      repeatedNumbers([...bad("src/imports/import.ts", most), ...bad("src/orders/order.ts", most)]).length,
      0,
    );
  });
});

describe("commands", () => {
  test("are in src/cli", () => assert.deepEqual(strayCommands(files), []));

  test("one elsewhere is caught", () => {
    assert.equal(strayCommands(bad("src/orders/cancel-command.ts")).length, 1);
    assert.equal(strayCommands(bad("src/cli/keys-command.ts")).length, 0);
  });
});

describe("nouns", () => {
  test("make nothing random", () => assert.deepEqual(randomNouns(files), []));

  test("one that does is caught, a verb is not", () => {
    assert.equal(randomNouns(bad("src/orders/order.ts", "const id = uuidV7(now);")).length, 1);
    assert.equal(randomNouns(bad("src/orders/place-orders.ts", "const id = uuidV7(now);")).length, 0);
  });
});

describe("faces", () => {
  test("only pass on", () => assert.deepEqual(facesWithLogic(files), []));

  test("logic in one is caught", () => {
    const passing = '// Why.\nexport { a, b } from "./a.ts";\nexport type { C } from "./c.ts";\n';
    assert.equal(facesWithLogic(bad("src/orders/index.ts", passing)).length, 0);
    assert.equal(facesWithLogic(bad("src/orders/index.ts", `${passing}export const most = 3;\n`)).length, 1);
  });
});

describe("files", () => {
  test("are short as a rule", () => assert.deepEqual(longFiles(files), []));

  test("a repository of long files is caught", () => {
    const long = { path: "src/orders/order.ts", text: "\n".repeat(300) };
    assert.equal(longFiles([long, long, long]).length, 2);
    assert.equal(longFiles([long, ...bad("src/a.ts"), ...bad("src/b.ts"), ...bad("src/c.ts")]).length, 1);
  });
});
