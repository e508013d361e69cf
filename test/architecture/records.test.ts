import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { recordGuards, recordNumbers, recordParts, recordStatus } from "./check-records.ts";
import { readRepository } from "./read-repository.ts";

const files = await readRepository();

function record(number: string, status = "accepted", guard = "- `docs/adr/0001-a.md`: `here`.") {
  const headings = ["Context", "Options", "Decision", "Consequences", "How we would notice that it was wrong"];
  const body = headings.map((heading) => `\n## ${heading}\n\nText.\n`).join("");
  return {
    path: `docs/adr/${number}-a.md`,
    text: `# A\n\nStatus: ${status}\nDate: 2026-11-23\n${body}\n## Guard\n\n${guard}\n`,
  };
}

describe("records", () => {
  test("are there", () => assert.ok(files.some(({ path }) => path.startsWith("docs/adr/0001-"))));

  test("are numbered without a gap", () => assert.deepEqual(recordNumbers(files), []));

  test("a gap is caught", () => {
    assert.deepEqual(recordNumbers([record("0001"), record("0002")]), []);
    assert.deepEqual(recordNumbers([record("0001"), record("0003")]), ["Record 2 is missing or twice."]);
  });

  test("have all their parts", () => assert.deepEqual(recordParts(files), []));

  test("a missing part or date is caught", () => {
    const whole = record("0001");
    assert.deepEqual(recordParts([whole]), []);
    assert.equal(recordParts([{ ...whole, text: whole.text.replace("## Options", "## Choices") }]).length, 1);
    assert.equal(recordParts([{ ...whole, text: whole.text.replace("Date:", "When:") }]).length, 1);
  });

  test("are accepted, or name their heir", () => assert.deepEqual(recordStatus(files), []));

  test("an odd status and a missing heir are caught", () => {
    assert.deepEqual(recordStatus([record("0001", "superseded by 0002"), record("0002")]), []);
    assert.equal(recordStatus([record("0001", "superseded by 0002")]).length, 1);
    assert.equal(recordStatus([record("0001", "proposed")]).length, 1);
  });

  test("name guards that exist", () => assert.deepEqual(recordGuards(files), []));

  test("a guard that does not exist, and none at all, are caught", () => {
    const migration = { path: "db/migrations/0001_a.sql", text: "constraint totals_add_up check (true)" };
    assert.deepEqual(recordGuards([record("0001")]), []);
    assert.deepEqual(recordGuards([record("0001", "accepted", "- `totals_add_up`"), migration]), []);
    assert.equal(recordGuards([record("0001", "accepted", "- `totals_add`"), migration]).length, 1);
    assert.equal(recordGuards([record("0001", "accepted", "none")]).length, 1);
  });
});
