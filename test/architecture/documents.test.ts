import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { rules } from "../../scripts/cruise.ts";
import {
  architecture,
  brokenLinks,
  ladderDifferences,
  lockedAddresses,
  loosePins,
  readme,
  unexplainedDependencies,
} from "./check-documents.ts";
import { readRepository } from "./read-repository.ts";

const files = await readRepository();
const page = (path: string, text: string) => [{ path, text }];

describe("README.md", () => {
  test("is short and has the two commands", () => assert.deepEqual(readme(files), []));

  test("a long one, or one without a command, is caught", () => {
    assert.deepEqual(readme(page("README.md", "npm start, npm test")), []);
    assert.equal(readme(page("README.md", "npm start")).length, 1);
    assert.equal(readme(page("README.md", `npm start, npm test${"\nline".repeat(120)}`)).length, 1);
  });
});

describe("ARCHITECTURE.md", () => {
  test("is short and names only files that are there", () => assert.deepEqual(architecture(files), []));

  test("a file that is not there is caught, and so is a long page", () => {
    const there = page("src/orders/order.ts", "");
    assert.deepEqual(
      architecture([...page("ARCHITECTURE.md", "`src/orders/` `order.ts` `src/*/ord*.ts`"), ...there]),
      [],
    );
    assert.equal(architecture([...page("ARCHITECTURE.md", "`src/orders/lost.ts`"), ...there]).length, 1);
    assert.equal(architecture([...page("ARCHITECTURE.md", "`lost.ts`"), ...there]).length, 1);
    assert.equal(architecture(page("ARCHITECTURE.md", "line\n".repeat(251))).length, 1);
  });

  test("prints the ladder of the rules, and the folders of src stand on it", () => {
    assert.deepEqual(ladderDifferences(rules.ladder, files), []);
  });

  test("a ladder that differs from paper or disk is caught", () => {
    const paper = page("ARCHITECTURE.md", "| 0 | `platform` | … |\n");
    const disk = page("src/platform/db.ts", "");
    assert.deepEqual(ladderDifferences([["platform"]], [...paper, ...disk]), []);
    assert.equal(ladderDifferences([["platform"]], paper).length, 1);
    assert.equal(ladderDifferences([["platform"]], disk).length, 1);
    assert.equal(ladderDifferences([["platform"]], [...paper, ...disk, ...page("src/orders/order.ts", "")]).length, 1);
  });
});

describe("links", () => {
  test("lead somewhere", () => assert.deepEqual(brokenLinks(files), []));

  test("one that does not is caught", () => {
    const target = page("docs/config.md", "");
    assert.deepEqual(
      brokenLinks([...page("docs/a.md", "[x](config.md#port) [y](https://example.com)"), ...target]),
      [],
    );
    assert.equal(brokenLinks([...page("README.md", "[x](config.md)"), ...target]).length, 1);
  });
});

describe("packages", () => {
  test("are locked by hash, without an address", () => assert.deepEqual(lockedAddresses(files), []));

  test("an address is caught", () => {
    assert.deepEqual(lockedAddresses(page("package-lock.json", `{"integrity": "sha512-x"}`)), []);
    assert.equal(lockedAddresses(page("package-lock.json", `{"integrity": "x", "resolved": "file:x"}`)).length, 1);
    assert.equal(lockedAddresses(page("package-lock.json", "{}")).length, 1);
  });

  test("are pinned exactly and explained", () => {
    assert.deepEqual([...loosePins(files), ...unexplainedDependencies(files)], []);
  });

  test("a range and an unexplained package are caught", () => {
    const manifest = (version: string) => page("package.json", JSON.stringify({ dependencies: { pg: version } }));
    const record = page("docs/adr/0011-dependencies.md", "| `pg` | … |");
    assert.deepEqual(
      [...loosePins(manifest("8.23.1")), ...unexplainedDependencies([...manifest("8.23.1"), ...record])],
      [],
    );
    assert.equal(loosePins(manifest("^8.23.1")).length, 1);
    assert.equal(unexplainedDependencies(manifest("8.23.1")).length, 1);
  });
});
