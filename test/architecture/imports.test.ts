import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { cruiseSources, rules, type Violation } from "../../scripts/cruise.ts";
import { type BadExample, badExamples } from "./bad-examples.ts";
import { root } from "./read-repository.ts";

const { ladder } = rules;
const folders = ladder.flat();

function mayImport(from: string, to: string): boolean {
  const rungOf = (folder: string) => ladder.findIndex((rung) => rung.includes(folder));
  return from === to || rungOf(to) < rungOf(from);
}

describe("import rules", () => {
  test("nothing in src breaks one", async () => {
    const { violations } = await cruiseSources();
    assert.deepEqual(violations, []);
  });

  test("the program has the entry from which every file must be reached", async () => {
    assert.ok((await readFile(join(root, "src/main.ts"), "utf8")).length > 0);
  });
});

describe("bad imports", () => {
  const folder = join(root, "test/architecture/bad/imports");
  let violations: readonly Violation[] = [];
  let examples: readonly BadExample[] = [];

  before(async () => {
    violations = (await cruiseSources(folder)).violations;
    examples = await badExamples(folder);
  });

  test("each is caught by its rule", () => {
    const missed = examples
      .filter(({ rule }) => rule !== undefined)
      .filter(({ path, rule }) => !violations.some((violation) => violation.from === path && violation.rule === rule));
    assert.deepEqual(missed, []);
  });

  test("what is right is not caught", () => {
    const innocent = new Set(examples.filter(({ rule }) => rule === undefined).map(({ path }) => path));
    assert.deepEqual(
      violations.filter(({ from }) => innocent.has(from)),
      [],
    );
  });

  test("every rule has one", () => {
    const covered = new Set(examples.map(({ rule }) => rule));
    const names = rules.forbidden.map(({ name }) => name);
    assert.deepEqual(
      names.filter((name) => !covered.has(name)),
      [],
    );
  });
});

describe("tests beside the code", () => {
  test("may look past a face, and are imported by nobody", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "orderwell-tests-"));
    t.after(() => rm(folder, { recursive: true }));
    await mkdir(join(folder, "src/orders"), { recursive: true });
    await mkdir(join(folder, "src/events"));
    await writeFile(join(folder, "src/events/append-events.ts"), "export const append = true;\n");
    await writeFile(join(folder, "src/orders/order.test.ts"), 'export { append } from "../events/append-events.ts";\n');
    await writeFile(join(folder, "src/orders/borrow-order.ts"), 'export { append } from "./order.test.ts";\n');
    const { violations } = await cruiseSources(folder);
    assert.deepEqual(violations, [
      { from: "src/orders/borrow-order.ts", to: "src/orders/order.test.ts", rule: "no-tests-in-the-program" },
    ]);
  });
});

describe("ladder", () => {
  test("forbids exactly the pairs of folders that do not run down", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "orderwell-ladder-"));
    t.after(() => rm(folder, { recursive: true }));
    for (const from of folders) {
      await mkdir(join(folder, "src", from), { recursive: true });
      await writeFile(join(folder, "src", from, "index.ts"), "export const here = true;\n");
      for (const to of folders.filter((other) => other !== from)) {
        await writeFile(
          join(folder, "src", from, `know-${to}.ts`),
          `import { here } from "../${to}/index.ts";\nvoid here;\n`,
        );
      }
    }
    const { violations } = await cruiseSources(folder);
    const caught = violations.filter(({ rule }) => rule.startsWith("ladder-")).map(({ from }) => from);
    const expected = folders.flatMap((from) =>
      folders.filter((to) => !mayImport(from, to)).map((to) => `src/${from}/know-${to}.ts`),
    );
    assert.deepEqual(caught.sort(), expected.sort());
  });

  test("is checked on files that were read, not on none", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "orderwell-empty-"));
    t.after(() => rm(folder, { recursive: true }));
    await mkdir(join(folder, "src"));
    await writeFile(join(folder, "src/unread.d.ts.txt"), "");
    await assert.rejects(cruiseSources(folder), /read 0 of the 0 files/);
  });
});
