import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Import, ImportRow } from "../imports/index.ts";
import { endLines, importProgress, previewLines } from "./import-report.ts";

const noon = new Date("2026-11-23T12:00:00Z");
const tenSecondsBefore = new Date("2026-11-23T11:59:50Z");

const received: Import = {
  importId: 1n,
  uid: "019ab000-0000-7000-8000-000000000001",
  source: "cli",
  name: "orders.csv",
  status: "received",
  pausedAt: null,
  options: {} as Import["options"],
  plan: null,
  blobKey: "imports/1",
  bytes: 4_000n,
  contentHash: "",
  optionsHash: "",
  generation: 1,
  stage: null,
  mark: 0,
  readBytes: 0n,
  stageAt: null,
  stageFrom: 0,
  runner: null,
  failureCode: null,
  failureDetail: null,
  createdBy: "cli",
  lastSequence: 0,
  createdAt: noon,
  updatedAt: noon,
  startedAt: null,
  endedAt: null,
  rowsRead: 0,
  rowsDropped: 0,
  rowsPlaced: 0,
  rowsRejected: 0,
  rowsDuplicate: 0,
  ordersRead: 0,
  ordersDropped: 0,
  ordersPlaced: 0,
  ordersRejected: 0,
  ordersDuplicate: 0,
  ordersUnpaid: 0,
};

const placing: Partial<Import> = {
  status: "running",
  stage: "placing",
  stageAt: tenSecondsBefore,
  rowsRead: 2_000,
  ordersRead: 1_000,
  ordersPlaced: 240,
  ordersRejected: 10,
};

describe("importProgress", () => {
  for (const [title, change, expected] of [
    ["waits", {}, { stage: "Waiting", done: 0, whole: 0, text: "" }],
    [
      "is read by bytes, with rows a second and what is left",
      { status: "validating", stage: "reading", stageAt: tenSecondsBefore, rowsRead: 20_000, readBytes: 1_000n },
      { stage: "Reading", done: 1_000, whole: 4_000, text: "20,000 rows, 2,000/s, 30 s left" },
    ],
    [
      "is checked by rows",
      { status: "validating", stage: "checking", rowsRead: 200, ordersRead: 1, mark: 50 },
      { stage: "Checking", done: 50, whole: 200, text: "1 order" },
    ],
    ["is ready", { status: "ready", ordersRead: 7 }, { stage: "Checked", done: 7, whole: 7, text: "7 orders" }],
    [
      "is placed by orders",
      placing,
      { stage: "Placing", done: 250, whole: 1_000, text: "240 placed, 10 rejected, 25/s, 30 s left" },
    ],
    [
      "takes minutes",
      { ...placing, ordersRead: 10_000 },
      { stage: "Placing", done: 250, whole: 10_000, text: "240 placed, 10 rejected, 25/s, 6 min 30 s left" },
    ],
    [
      "is paid by orders",
      { ...placing, stage: "paying", ordersRead: 260, ordersPlaced: 250, mark: 50 },
      {
        stage: "Paying",
        done: 50,
        whole: 250,
        text: "250 placed, 50 payments asked for, 10 rejected, 5/s, 40 s left",
      },
    ],
    [
      "rests",
      { ...placing, pausedAt: noon },
      { stage: "Paused", done: 250, whole: 1_000, text: "240 placed, 10 rejected" },
    ],
    [
      "has ended",
      { status: "completed", ordersRead: 3, ordersPlaced: 2, ordersDuplicate: 1 },
      { stage: "Ended", done: 3, whole: 3, text: "2 placed, 1 there already" },
    ],
  ] as const) {
    test(`says that it ${title}`, () => {
      assert.deepEqual(importProgress({ ...received, ...change }, noon), expected);
    });
  }
});

const ready: Import = {
  ...received,
  status: "ready",
  rowsRead: 5,
  rowsDropped: 1,
  ordersRead: 3,
  ordersRejected: 1,
  ordersDuplicate: 1,
  plan: {
    format: "csv",
    dialect: "plain",
    encoding: "utf-8",
    delimiter: ";",
    header: "Order;Menge;Note",
    columns: [
      { name: "Order", field: "order_reference", recognized: true },
      { name: "Menge", field: "quantity", recognized: false },
      { name: "Note", field: "ignore", recognized: true },
    ],
    grouping: "by_reference",
  },
};

const rejected: ImportRow = {
  rowNo: 4,
  line: 6,
  orderNo: 4,
  status: "rejected",
  faults: [
    { code: "quantity_negative", column: "Menge", value: "-1", detail: '"Menge" is "-1"; it must be 1 at least.' },
  ],
  reason: null,
  reference: "A-3",
  orderId: null,
  raw: "A-3;-1;",
};

describe("previewLines", () => {
  test("show the mapping, what can be placed, what is wrong by kind, and the first rows with their lines", () => {
    const faults = [
      { code: "date_unclear", column: null, rows: 1 },
      { code: "quantity_negative", column: "Menge", rows: 2 },
    ];
    const other = { ...rejected, line: 7, faults: null };
    const late = {
      ...other,
      line: 8,
      reason: { code: "late", column: null, value: null, detail: "Its payment is another order's." },
    };
    const preview = { plan: ready.plan, orders: [], faults, duplicates: 1, sameContent: [] };
    assert.deepEqual(previewLines(ready, preview, [rejected, other, late]), [
      "orders.csv: CSV, utf-8, cells between semicolons; rows of one reference are one order.",
      "  Order  is order_reference",
      "  Menge  is quantity, as given",
      "  Left out: Note.",
      "5 rows, 3 orders: 1 can be placed, 1 rejected, 1 there already, 1 row left out.",
      "",
      "What is wrong, by kind:",
      "  2 rows  quantity_negative  Menge",
      "  1 row   date_unclear",
      "",
      "The first rows that are rejected:",
      '  line 6: "Menge" is "-1"; it must be 1 at least.',
      "  line 7: another row of its order is wrong.",
      "  line 8: Its payment is another order's.",
    ]);
  });

  test("let nothing from the file move the cursor: no name of a column, no sentence", () => {
    const evil = "\u001b[31m\u202e";
    const plan = { ...ready.plan, columns: [{ name: evil, field: "ignore", recognized: true }] } as Import["plan"];
    const faults = [{ code: "x", column: evil, value: null, detail: evil }];
    const faultCounts = [{ code: "x", column: evil, rows: 1 }];
    const preview = { plan, orders: [], faults: faultCounts, duplicates: 0, sameContent: [] };
    const lines = previewLines({ ...ready, name: evil, plan }, preview, [{ ...rejected, faults }]);
    assert.equal(lines.filter((line) => line.includes("\\u001b[31m\\u202e")).length, 4);
    assert.deepEqual(
      ["\u001b", "\u202e"].filter((character) => lines.join("\n").includes(character)),
      [],
    );
  });

  test("say of a file without faults how many orders there are, and nothing else", () => {
    const plan = { ...ready.plan, format: "ndjson" } as Import["plan"];
    const clean = { ...received, plan, status: "ready", rowsRead: 1, ordersRead: 1 } as const;
    assert.deepEqual(previewLines(clean, { plan, orders: [], faults: [], duplicates: 0, sameContent: [] }, []), [
      "orders.csv: NDJSON, one order a line.",
      "1 row, 1 order: 1 can be placed.",
    ]);
  });
});

describe("a file that was imported under another source", () => {
  const sameContent = [
    { importUid: "019ab000-0000-7000-8000-000000000002", source: "web\u001bshop" },
    { importUid: "019ab000-0000-7000-8000-000000000003", source: "market" },
  ];
  const preview = { plan: null, orders: [], faults: [], duplicates: 0, sameContent };

  test("is warned of in one line, which says where and what would come of it", () => {
    assert.deepEqual(previewLines({ ...received, status: "ready", rowsRead: 2, ordersRead: 2 }, preview, []), [
      "2 rows, 2 orders: 2 can be placed.",
      'Warning: the same content was imported as "web\\u001bshop", "market"; as "cli" its orders would be placed a second time.',
    ]);
  });

  test("is not warned of when nothing would be placed", () => {
    const known = { ...received, status: "ready", rowsRead: 2, ordersRead: 2, ordersDuplicate: 2 } as const;
    assert.deepEqual(previewLines(known, preview, []), ["2 rows, 2 orders: 0 can be placed, 2 there already."]);
  });
});

describe("endLines", () => {
  test("tell what was placed, what is unpaid, and where the rejected rows are", () => {
    const counts = { ordersRead: 3, ordersPlaced: 2, ordersRejected: 1, ordersUnpaid: 1 };
    assert.deepEqual(endLines({ ...received, ...counts, status: "completed_with_errors" }), [
      "Done: 2 placed, 1 rejected.",
      "Not paid: 1 order. The rows say why, or that nobody knows yet.",
      `To correct what was rejected: orderwell import --watch ${received.uid} --rejected FILE, or /api/v2/imports/${received.uid}/rejected.csv`,
    ]);
    assert.equal(
      endLines({ ...received, ...counts, status: "completed_with_errors" }, "wrong.csv").at(-1),
      "What was rejected is in wrong.csv: correct it, and import it with the same options.",
    );
  });

  test("tell why an import failed, or that it was cancelled", () => {
    assert.deepEqual(endLines({ ...received, status: "failed", failureDetail: "It is a ZIP archive; unpack it" }), [
      "The import failed: It is a ZIP archive; unpack it",
      "Nothing was placed.",
    ]);
    assert.deepEqual(endLines({ ...received, status: "failed", ordersRead: 2, ordersPlaced: 2 }), [
      "The import failed: It is not known why.",
      "What was placed stays: 2 placed.",
    ]);
    assert.deepEqual(endLines({ ...received, status: "cancelled" }), ["The import was cancelled: 0 placed."]);
  });
});
