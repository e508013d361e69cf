import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { cellsOfRows, isCutRow, longestRow, type RawRow, RowSplitter } from "./split-rows.ts";

/** All rows of a text that comes in pieces of one size. */
function split(text: string, delimiter: string | null = ",", size = text.length): RawRow[] {
  const splitter = new RowSplitter(delimiter);
  const rows: RawRow[] = [];
  const take = () => {
    for (let row = splitter.next(); row !== undefined; row = splitter.next()) rows.push(row);
  };
  for (let at = 0; at < text.length; at += Math.max(size, 1)) {
    splitter.push(text.slice(at, at + Math.max(size, 1)));
    take();
  }
  splitter.end();
  take();
  return rows;
}

function cellsOf(text: string, delimiter = ",", size = text.length): (readonly string[])[] {
  return cellsOfRows(split(text, delimiter, size), delimiter, 1_000);
}

function shortOf(rows: readonly RawRow[]): [number, string, string | null][] {
  return rows.map(({ line, raw, broken }) => [line, raw, broken]);
}

describe("RowSplitter", () => {
  for (const [name, end] of [
    ["LF", "\n"],
    ["CR LF", "\r\n"],
    ["CR alone", "\r"],
  ] as const) {
    test(`ends rows at ${name}, with or without a last one`, () => {
      const wanted = [
        [1, "a,b", null],
        [2, "c,d", null],
      ];
      assert.deepEqual(shortOf(split(`a,b${end}c,d`)), wanted);
      assert.deepEqual(shortOf(split(`a,b${end}c,d${end}`)), wanted);
    });
  }
  test("leaves out rows without content, and counts their lines", () => {
    assert.deepEqual(shortOf(split("\n\na,b\r\n \t\r\n,,\n\nc,d\n")), [
      [3, "a,b", null],
      [7, "c,d", null],
    ]);
  });
  test("keeps line breaks, delimiters and doubled quotes inside of quotes, and counts the lines", () => {
    const text = 'a,"one\r\ntwo, ""three""\nfour",b\nnext\n';
    assert.deepEqual(shortOf(split(text)), [
      [1, 'a,"one\r\ntwo, ""three""\nfour",b', null],
      [4, "next", null],
    ]);
    assert.deepEqual(cellsOf(text), [["a", 'one\r\ntwo, "three"\nfour', "b"], ["next"]]);
  });
  test("takes a quote inside of a cell that has none at its beginning for itself", () => {
    assert.deepEqual(cellsOf('7" record,6" pipe\na"b"c,"x"\n'), [
      ['7" record', '6" pipe'],
      ['a"b"c', "x"],
    ]);
  });
  test("takes quotes for themselves where rows are lines", () => {
    assert.deepEqual(
      split('{"a":1}\n{"b":"\n', null).map(({ raw }) => raw),
      ['{"a":1}', '{"b":"'],
    );
  });
  test("loses one line to a quote that is never closed", () => {
    assert.deepEqual(shortOf(split('1,a\n2,"b\n3,c\n4,d\n')), [
      [1, "1,a", null],
      [2, '2,"b', "quote_unclosed"],
      [3, "3,c", null],
      [4, "4,d", null],
    ]);
  });
  test("loses one line to a quote that is followed by something else than a delimiter", () => {
    assert.deepEqual(shortOf(split('1,"a"b\n2,"c\n3,"d",e\n4,f\n')), [
      [1, '1,"a"b', "quote_misplaced"],
      [2, '2,"c', "quote_misplaced"],
      [3, '3,"d",e', null],
      [4, "4,f", null],
    ]);
  });
  test("gives up a quote that is not closed within the longest row, and goes on in the next line", () => {
    const filler = "x,y\n".repeat(longestRow / 4 + 10);
    const rows = split(`1,"open\n${filler}last,row\n`, ",", 100_000);
    assert.deepEqual(shortOf(rows.slice(0, 2)), [
      [1, '1,"open', "quote_unclosed"],
      [2, "x,y", null],
    ]);
    assert.equal(rows.at(-1)?.raw, "last,row");
    assert.equal(rows.length, longestRow / 4 + 12);
  });
  test("keeps the beginning of a row of ten megabytes and goes on behind it", () => {
    const long = `2,"${"x".repeat(10_000_000)}",3`;
    for (const size of [70_000, 20_000_000]) {
      const rows = split(`1,a\n${long}\n4,b\n`, ",", size);
      assert.deepEqual(
        rows.map(({ line, broken }) => [line, broken]),
        [
          [1, null],
          [2, "row_too_long"],
          [3, null],
        ],
      );
      const raw = rows[1]?.raw ?? "";
      assert.equal(raw.length, 2_000);
      assert.ok(isCutRow(raw) && raw.startsWith('2,"xxx'));
    }
  });
  test("takes a row of exactly the longest length", () => {
    const longest = "x".repeat(longestRow);
    assert.deepEqual(
      split(`${longest}\n${longest}y\n`, ",", 65_000).map(({ broken }) => broken),
      [null, "row_too_long"],
    );
  });
  test("makes no more cells than are asked for", () => {
    const row = split(`${",".repeat(900_000)}x\n`);
    assert.equal(cellsOfRows(row, ",", 11)[0]?.length, 11);
  });
});

describe("rows and cells as properties", () => {
  const cell = fc.oneof(
    fc.string({ unit: "binary" }).map((text) => text.toWellFormed()),
    fc.string({ unit: fc.constantFrom('"', ",", ";", "\t", "\n", "\r", "a", " ", "'", "日") }),
  );
  const row = fc.array(cell, { maxLength: 5 }).map((cells) => ["x", ...cells]); // One that is blank would be left out.
  const dialect = fc.record({
    delimiter: fc.constantFrom(",", ";", "\t"),
    end: fc.constantFrom("\n", "\r\n", "\r"),
    always: fc.boolean(),
    size: fc.integer({ min: 1, max: 40 }),
  });

  test("any cells come back from any dialect, however it is cut", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 8 }), dialect, (rows, { delimiter, end, always, size }) => {
        const written = (text: string) =>
          always || text.startsWith('"') || /[\r\n]/.test(text) || text.includes(delimiter)
            ? `"${text.replaceAll('"', '""')}"`
            : text;
        const text = rows.map((cells) => cells.map(written).join(delimiter)).join(end);
        assert.deepEqual(cellsOf(text, delimiter, size), rows);
      }),
      { numRuns: 500 },
    );
  });
  test("any row that is whole has the cells that csv-parse finds in it", () => {
    const odd = fc.string({ unit: fc.constantFrom('"', '""', ",", "a", " ", "\n", "日", ',"', '",'), maxLength: 30 });
    fc.assert(
      fc.property(odd, (text) => {
        const rows = split(text).filter(({ broken }) => broken === null);
        const options = { relax_column_count: true, relax_quotes: true, record_delimiter: "\u0001" };
        const wanted = rows.map(({ raw }) => parse(raw, options)[0]);
        assert.deepEqual(cellsOfRows(rows, ",", 1_000), wanted);
      }),
      { numRuns: 2_000 },
    );
  });
  test("any text gives the same rows however it is cut", () => {
    const text = fc.string({ unit: fc.constantFrom('"', ",", "\n", "\r", "a", " "), maxLength: 80 });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 20 }), (given, size) => {
        assert.deepEqual(split(given, ",", size), split(given));
      }),
      { numRuns: 1_000 },
    );
  });
  test("the rows and their line ends are all of the text", () => {
    const text = fc.string({ unit: fc.constantFrom('"', ",", "\n", "a", "b"), maxLength: 80 });
    fc.assert(
      fc.property(text, (given) => {
        const lines = given.split("\n");
        for (const { line, raw } of split(given)) {
          const begin = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
          assert.equal(given.slice(begin, begin + raw.length), raw);
        }
      }),
    );
  });
});
