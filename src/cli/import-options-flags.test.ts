import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { checkOptions } from "./bring-file.ts";
import type { Call } from "./command.ts";
import { readOptionFlags } from "./import-options-flags.ts";

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "orderwell-flags-"));
  await writeFile(join(folder, "options.json"), '{"locale": "de-DE", "payment": "charge", "mapping": {"A": "sku"}}');
  await writeFile(join(folder, "list.json"), "[]");
});
after(() => rm(folder, { recursive: true, force: true }));

const read = async (flags: Call["flags"]) => checkOptions(await readOptionFlags({ flags } as Call));

describe("readOptionFlags", () => {
  test("fills in what was left out", async () => {
    const { source, format, payment, pay_within_hours, notify } = await read({});
    assert.deepEqual(
      { source, format, payment, pay_within_hours, notify },
      { source: undefined, format: "auto", payment: "none", pay_within_hours: 720, notify: false },
    );
  });

  test("lets flags win over a file, and adds to its mapping", async () => {
    const options = await read({
      options: join(folder, "options.json"),
      payment: "recorded",
      source: "till",
      option: ["pay_within_hours=8", "notify=true", "delimiter=\\t"],
      mapping: ["B = quantity", "Price = net=unit_price"],
    });
    const { locale, payment, source, pay_within_hours, notify, delimiter, mapping } = options;
    assert.deepEqual(
      { locale, payment, source, pay_within_hours, notify, delimiter, mapping },
      {
        locale: "de-DE",
        payment: "recorded",
        source: "till",
        pay_within_hours: 8,
        notify: true,
        delimiter: "\t",
        mapping: { A: "sku", B: "quantity", "Price = net": "unit_price" },
      },
    );
  });

  for (const [title, flags, sentence] of [
    ["an option without a value", { option: ["locale"] }, /^--option is "locale"; it must be name=value\.$/],
    ["an option that is not there", { option: ["colour=red"] }, /^There is no option colour; there are source, /],
    ["a mapping by --option", { option: ["mapping=x"] }, /^There is no option mapping/],
    ["text for a number", { option: ["pay_within_hours=soon"] }, /^pay_within_hours: /],
    ["text for a yes or no", { option: ["notify=maybe"] }, /^notify: /],
    ["a value that cannot be", { payment: "gold" }, /^payment: Must be one of "none"/],
    ["a field that is not there", { mapping: ["Farbe=colour"] }, /^mapping\/Farbe: Must be one of /],
    ["options that cannot be read", { options: "/nowhere.json" }, /^--options cannot be read: ENOENT/],
  ] as const) {
    test(`refuses ${title}`, () => assert.rejects(read(flags), { name: "WrongCall", message: sentence }));
  }

  test("refuses a file that holds no object", () =>
    assert.rejects(read({ options: join(folder, "list.json") }), {
      message: /must hold a JSON object with options\.$/,
    }));
});
