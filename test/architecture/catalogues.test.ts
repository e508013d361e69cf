import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { measureEngine } from "../../src/measure-engine.ts";
import type { GuardedGateway } from "../../src/payments/index.ts";
import { openDb } from "../../src/platform/db.ts";
import { settings } from "../../src/platform/settings.ts";
import { taskKinds } from "../../src/tasks/task.ts";
import { errorCatalogue, eventCatalogue, metricCatalogue, runbookRows, settingCatalogue } from "./check-catalogues.ts";
import { readRepository, textOf } from "./read-repository.ts";

const files = await readRepository();

describe("docs/errors.md", () => {
  const source = (code: string) => ({
    path: "src/orders/order-errors.ts",
    text: `export const wrong = refusal<Record<string, string>>("${code}", "conflict", () => "");`,
  });
  const page = (text: string) => ({ path: "docs/errors.md", text });

  test("lists every refusal of the sources with its status, and no other", () => {
    assert.deepEqual(errorCatalogue(files), []);
  });

  test("a missing, an invented, a wrong and a retired code are caught", () => {
    const right = page("| `order.cannot_move` | 409 | … |\n");
    assert.deepEqual(errorCatalogue([source("order.cannot_move"), right]), []);
    assert.deepEqual(errorCatalogue([source("order.lost"), right]), [
      "docs/errors.md does not list order.lost.",
      "docs/errors.md lists order.cannot_move, which the sources do not have.",
    ]);
    assert.deepEqual(errorCatalogue([source("order.cannot_move"), page("| `order.cannot_move` | 404 | … |\n")]), [
      "docs/errors.md gives order.cannot_move another status than 409.",
    ]);
    const again = page("| `order.cannot_move` | 409 | … |\n\n## Retired\n\n- `order.cannot_move`\n");
    assert.equal(errorCatalogue([source("order.cannot_move"), again]).length, 1);
  });

  test("a code that is declared twice, or not as an exported constant, is caught", () => {
    const right = page("| `order.cannot_move` | 409 | … |\n");
    const hidden = {
      path: "src/orders/cancel-order.ts",
      text: `throw refusal("order.odd", "conflict", () => "")({});`,
    };
    assert.equal(errorCatalogue([source("order.cannot_move"), source("order.cannot_move"), right]).length, 1);
    assert.equal(errorCatalogue([source("order.cannot_move"), hidden, right]).length, 1);
  });
});

describe("docs/events.md", () => {
  test("lists every event type of the sources, and no other", () => assert.deepEqual(eventCatalogue(files), []));

  test("a missing and an invented type are caught", () => {
    const source = {
      path: "src/orders/order-events.ts",
      text: `export const orderEvents = {\n  OrderCancelled: Type.Object({}),\n};`,
    };
    const page = { path: "docs/events.md", text: "| `OrderCancelled` | … |\n" };
    assert.deepEqual(eventCatalogue([source, page]), []);
    assert.deepEqual(eventCatalogue([source]), ["docs/events.md does not list OrderCancelled."]);
    assert.deepEqual(eventCatalogue([page]), ["docs/events.md lists OrderCancelled, which the sources do not have."]);
  });
});

describe("docs/config.md", () => {
  const port = { env: "PORT", flag: "port", fallback: 8080 };
  const row = "| `PORT` | `--port` | `8080` | Where it listens. |\n";

  test("lists every setting with flag and fallback, and no other", () => {
    assert.deepEqual(settingCatalogue(Object.values(settings), textOf(files, "docs/config.md")), []);
  });

  test("a missing, an invented and a wrong setting are caught", () => {
    assert.deepEqual(settingCatalogue([port], row), []);
    assert.equal(settingCatalogue([port], "").length, 2);
    assert.equal(settingCatalogue([], row).length, 1);
    assert.equal(settingCatalogue([{ ...port, fallback: 80 }], row).length, 1);
  });
});

describe("docs/metrics.md", () => {
  const row = "| `orderwell_orders` | database | … | – |\n";
  /** What the package tells on Linux alone. */
  const linux = ["process_virtual_memory_bytes", "process_heap_bytes", "process_open_fds", "process_max_fds"];

  test("lists every metric of the registry, and no other", () => {
    const db = openDb({ url: "postgres://nobody@127.0.0.1/nothing", applicationName: "orderwell test" });
    const gateway = { name: "none", load: () => ({ breaker: "closed", underWay: 0, waiting: 0 }) };
    const { names } = measureEngine({ db, gateway: gateway as GuardedGateway, version: "0" });
    assert.deepEqual(metricCatalogue([...new Set([...names(), ...linux])], textOf(files, "docs/metrics.md")), []);
  });

  test("a missing and an invented metric are caught", () => {
    assert.deepEqual(metricCatalogue(["orderwell_orders"], row), []);
    assert.deepEqual(metricCatalogue(["orderwell_lost"], row), [
      "docs/metrics.md does not list orderwell_lost.",
      "docs/metrics.md lists orderwell_orders, which the sources do not have.",
    ]);
  });
});

describe("docs/runbook.md", () => {
  const runbook = "## Alarms\n\n| `lost` | gone | look |\n\n## Tasks\n\n| `refund_failed` | it failed |\n";
  const metrics = "| `lost` | process | what it is | above 0 |\n| `found` | process | what it is | – |\n";

  test("says what to do for each alarm and each kind of task, and for no other", () => {
    const [page, listed] = [textOf(files, "docs/runbook.md"), textOf(files, "docs/metrics.md")];
    assert.deepEqual(runbookRows(page, listed, taskKinds), []);
  });

  test("a missing and an invented alarm and task are caught", () => {
    assert.deepEqual(runbookRows(runbook, metrics, ["refund_failed"]), []);
    assert.equal(runbookRows("", metrics, ["refund_failed"]).length, 2);
    assert.equal(runbookRows(runbook, "", []).length, 2);
  });
});
