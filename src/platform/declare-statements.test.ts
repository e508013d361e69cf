import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { inTx } from "../../test/support/database.ts";
import { one, type Sql } from "./db.ts";
import { bindParameters, camelCase, columnsOf, declareStatement, listStatements } from "./statements.ts";

interface Lists {
  texts: (string | null)[];
  bigs: (bigint | null)[];
  flags: (boolean | null)[];
  times: (Date | null)[];
  bytes: (Uint8Array | null)[];
  doubles: (number | null)[];
}

const echoLists = one<Sql, { [Name in keyof Lists]: Lists[Name] }, Lists>(
  "test.echo_lists",
  `select :texts::text[] as texts, :bigs::bigint[] as bigs, :flags::boolean[] as flags,
          :times::timestamptz[] as times, :bytes::bytea[] as bytes, :doubles::float8[] as doubles`,
);

const echoRows = one<Sql, { texts: string[]; bigs: bigint[] }, { rows: string }>(
  "test.echo_rows",
  `select json_agg(json_build_array(text, big::text) order by place)::text as rows
     from unnest(:texts::text[], :bigs::bigint[]) with ordinality as given(text, big, place)`,
);

interface Single {
  word: string | null;
  big: bigint | null;
  time: Date | null;
  bytes: Uint8Array | null;
  flag: boolean | null;
}

const echoSingle = one<Sql, { [Name in keyof Single]: Single[Name] }, Single>(
  "test.echo_single",
  `select :word::text as word, :big::bigint as big, :time::timestamptz as time, :bytes::bytea as bytes,
          :flag::boolean as flag`,
);

const leastBig = -(2n ** 63n);
const mostBig = 2n ** 63n - 1n;

// PostgreSQL's text holds every character but NUL; what would end an element or a quotation comes often.
const anyText = fc.oneof(
  fc.string({ unit: "binary" }).map((text) => text.replaceAll("\0", "")),
  fc.string({ unit: fc.constantFrom('"', "\\", "{", "}", ",", "'", " ", "\n", "N", "U", "L", "田", "😀", "$1", ":a") }),
  fc.constantFrom("NULL", "null", "", " ", "\\x", '\\"', "{}", "{NULL}", '"NULL"'),
);
const anyBig = fc.oneof(
  fc.bigInt({ min: leastBig, max: mostBig }),
  fc.constantFrom(leastBig, mostBig, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 0n),
);
const anyTime = fc.date({
  min: new Date("1000-01-01T00:00:00.000Z"),
  max: new Date("9999-12-31T23:59:59.999Z"),
  noInvalidDate: true,
});
const anyBytes = fc.uint8Array();
// A number is written as `String` writes it, so -0 arrives as 0.
const anyDouble = fc.double().map((value) => (Object.is(value, -0) ? 0 : value));
const orNull = <Value>(values: fc.Arbitrary<Value>) => fc.oneof({ weight: 4, arbitrary: values }, fc.constant(null));
const list = <Value>(values: fc.Arbitrary<Value>) => fc.array(orNull(values), { maxLength: 20 });

function plain(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString("hex");
}

describe("parameters", () => {
  test(
    "arrive in arrays exactly as they were given, whatever they hold",
    inTx(async (tx) => {
      const lists = fc.record({
        texts: list(anyText),
        bigs: list(anyBig),
        flags: list(fc.boolean()),
        times: list(anyTime),
        bytes: list(anyBytes),
        doubles: list(anyDouble),
      });
      const sameBack = fc.asyncProperty(lists, async (given) => {
        const { bytes, ...others } = await echoLists(tx, given);
        const { bytes: givenBytes, ...givenOthers } = given;
        assert.deepEqual(others, givenOthers);
        assert.deepEqual(bytes.map(plain), givenBytes.map(plain));
      });
      await fc.assert(sameBack, { numRuns: 300 });
    }),
  );

  test(
    "keep the rows of a set together, and their order",
    inTx(async (tx) => {
      const rows = fc.array(fc.record({ text: anyText, big: anyBig }), { minLength: 1, maxLength: 20 });
      const sameBack = fc.asyncProperty(rows, async (given) => {
        const sent = columnsOf(given, { texts: (row) => row.text, bigs: (row) => row.big });
        const answer = await echoRows(tx, sent);
        assert.deepEqual(
          JSON.parse(answer.rows),
          given.map((row) => [row.text, row.big.toString()]),
        );
      });
      await fc.assert(sameBack);
    }),
  );

  test(
    "arrive alone exactly as they were given, a bigint beyond 2^53 too",
    inTx(async (tx) => {
      const single = fc.record({
        word: orNull(anyText),
        big: orNull(anyBig),
        time: orNull(anyTime),
        bytes: orNull(anyBytes),
        flag: orNull(fc.boolean()),
      });
      const sameBack = fc.asyncProperty(single, async (given) => {
        const found = await echoSingle(tx, given);
        assert.deepEqual({ ...found, bytes: plain(found.bytes) }, { ...given, bytes: plain(given.bytes) });
      });
      await fc.assert(sameBack);
    }),
  );

  test("are written as nested arrays, and as what JSON needs", () => {
    const text = declareStatement("test.nested", "select :rows, :none");
    const rows = [
      [1n, null],
      [2.5, 'a"b\\c'],
    ];
    assert.deepEqual(bindParameters(text, { rows, none: [] }), ['{{1,NULL},{2.5,"a\\"b\\\\c"}}', "{}"]);
  });

  test("must all be given: a missing one is named with its statement", () => {
    const text = declareStatement("test.missing", "select :here, :gone");
    assert.throws(() => bindParameters(text, { here: 1 }), {
      message: "test.missing was run without its parameter gone.",
    });
    assert.deepEqual(bindParameters(text, { here: 1, gone: null }), [1, null]);
  });
});

describe("declareStatement", () => {
  test("numbers parameters by their first place, one for each name", () => {
    const text = declareStatement("test.numbered", "select :b, :a, :b where x = :a and y=:longName2");
    assert.equal(text.sent, "select $1, $2, $1 where x = $2 and y=$3");
    assert.deepEqual(text.parameters, ["b", "a", "longName2"]);
  });

  test("tells a parameter from a cast, a slice, a time of day and a word with a colon", () => {
    const source = "select :id::bigint, x::text, y :: int, z[1:n], '12:30', 'urn:isbn', :ids::bigint[], (:a)::date";
    const text = declareStatement("test.casts", source);
    assert.equal(
      text.sent,
      "select $1::bigint, x::text, y :: int, z[1:n], '12:30', 'urn:isbn', $2::bigint[], ($3)::date",
    );
    assert.deepEqual(text.parameters, ["id", "ids", "a"]);
  });

  test("refuses a second statement of the same name", () => {
    declareStatement("test.declared_twice", "select 1");
    assert.throws(() => declareStatement("test.declared_twice", "select 2"), {
      message: "The statement test.declared_twice is declared twice.",
    });
    assert.deepEqual(
      listStatements().flatMap((text) => (text.name === "test.declared_twice" ? text.sent : [])),
      ["select 1"],
    );
  });

  test("refuses a name that PostgreSQL would cut", () => {
    const longest = `test.${"x".repeat(58)}`;
    assert.equal(declareStatement(longest, "select 1").name, longest);
    assert.throws(() => declareStatement(`${longest}y`, "select 1"), /is longer than 63 characters/);
  });
});

describe("camelCase", () => {
  for (const [column, name] of [
    ["order_id", "orderId"],
    ["total", "total"],
    ["line_total_minor", "lineTotalMinor"],
    ["address_line_2", "addressLine2"],
  ] as const) {
    test(`calls ${column} ${name}`, () => assert.equal(camelCase(column), name));
  }
});

describe("columnsOf", () => {
  test("makes an array for each name, in the rows' order, and empty ones of no rows", () => {
    const picks = { ids: (row: { id: bigint }) => row.id, doubles: (row: { id: bigint }) => row.id * 2n };
    assert.deepEqual(columnsOf([{ id: 2n }, { id: 1n }], picks), { ids: [2n, 1n], doubles: [4n, 2n] });
    assert.deepEqual(columnsOf([], picks), { ids: [], doubles: [] });
  });
});
