import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { assertVerified, untilDrained } from "../support/check-books.ts";
import { read, type ShownImport, uploadFile } from "../support/import-over-http.ts";
import { givenLargeFile } from "../support/large-file.ts";
import { givenSite, type ServingProcess, startServing } from "../support/serve.ts";

const long = process.env.CHAOS === "long";
const fileBytes = long ? 1_073_741_824 : 40_000_000;
const heapMegabytes = 160; // Of JavaScript's old objects: a file that stood in memory would end the process.
const mostMegabytes = 500; // Of the whole process, whatever the file; a gigabyte took 312 (2026-11-23).
const betweenMs = 20;

/** The most memory that a process ever had; undefined where the system does not tell. */
async function peakMegabytes(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

/** Asks for other things until the import is over; answers it, and how many answers came meanwhile. */
async function askMeanwhile(server: ServingProcess, id: string): Promise<{ done: ShownImport; answers: number }> {
  for (let answers = 0; ; answers += 2) {
    const done = await read<ShownImport>(server, `imports/${id}`);
    if (done.status.startsWith("completed") || done.status === "failed") return { done, answers };
    await read(server, "orders?limit=1");
    await sleep(betweenMs);
  }
}

describe("a file that is larger than memory", () => {
  test("is imported within bounded memory, whatever its rows are, and others are answered meanwhile", async (t) => {
    const site = await givenSite();
    const server = await startServing(site, { NODE_OPTIONS: `--max-old-space-size=${heapMegabytes}` });
    const { blob, orders, rows, wrongRows } = await givenLargeFile(site.dataDir, fileBytes);
    const { id } = await uploadFile(server, { content: blob, options: { payment: "recorded", auto_start: true } });
    const { done, answers } = await askMeanwhile(server, id);
    const peak = await peakMegabytes(server.pid);
    t.diagnostic(`${blob.size} bytes, ${orders} orders: ${peak?.toFixed()} MB at most, ${answers} answers meanwhile.`);
    assert.deepEqual(
      [done.status, done.rows.read, done.orders.placed, done.rows.rejected],
      ["completed_with_errors", rows, orders, wrongRows],
    );
    assert.ok(answers > 0);
    assert.ok(peak === undefined || peak < mostMegabytes, `${peak} MB`);

    const rejected = await server.send("GET", `/api/v2/imports/${id}/rejected.csv`);
    assert.equal(rejected.text.trim().split("\r\n").length, 1 + wrongRows);
    await untilDrained(site.db);
    await assertVerified(site.url);
    assert.equal(await server.stop(), 0);
    await site.close();
  });
});
