// A worker in a process of its own, so that a test can kill or pause it in the middle of a job.
import { setTimeout as sleep } from "node:timers/promises";
import { openDb } from "../../src/platform/db.ts";
import { declareJob } from "../../src/platform/jobs.ts";
import { silentLog } from "../../src/platform/log.ts";
import { assertProcess } from "../../src/platform/processes.ts";
import { startWorker } from "../../src/platform/start-worker.ts";
import { ask } from "../support/ask.ts";

const [url = "", leaseSeconds = "1"] = process.argv.slice(2);
const db = openDb({ url, applicationName: "orderwell worker under test" });

async function gateOpens(): Promise<void> {
  while ((await ask(db, "select from public.gate")).length === 0) await sleep(20);
}

/** Waits for the gate, then writes under the token of its process. */
const fenced = {
  declaration: declareJob<{ name: string }>("fenced", { maxTries: 5 }),
  async run({ name }: { name: string }, context: { processId?: string }) {
    await ask(db, "insert into public.marks values ('begun', $1)", [name]);
    await gateOpens();
    try {
      await db.transaction(async (tx) => {
        await assertProcess(tx, context.processId ?? "");
        await ask(tx, "insert into public.marks values ('effect', $1)", [name]);
      });
    } catch (error) {
      await ask(db, "insert into public.marks values ('refused', $1)", [name]);
      throw error;
    }
  },
};

/** Waits for the gate, writes nothing and is content. */
const content = {
  declaration: declareJob<{ name: string }>("content", { maxTries: 5 }),
  async run({ name }: { name: string }) {
    await ask(db, "insert into public.marks values ('begun', $1)", [name]);
    await gateOpens();
    await ask(db, "insert into public.marks values ('content', $1)", [name]);
  },
};

await startWorker({
  url,
  db,
  log: silentLog,
  jobs: [fenced, content],
  atOnce: 2,
  graceMs: 1000,
  leaseSeconds: Number(leaseSeconds),
});
