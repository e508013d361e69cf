import type { Doer } from "../../src/audit/index.ts";
import { pauseImport } from "../../src/imports/pause-import.ts";
import { startImport } from "../../src/imports/start-import.ts";
import { ask } from "../support/ask.ts";
import { eventually } from "../support/eventually.ts";
import { givenImportFile } from "../support/given-import-files.ts";
import type { ServingProcess, Site } from "../support/serve.ts";

const by: Doer = { actor: "fuzz", name: "Fuzz", requestId: null };
const orders = 3;

/** The name of the file that every import of a campaign is made of, each for a source of its own. */
export const fuzzFile = "fuzz.csv";

/** Imports that rest in the middle: each can be paused again, resumed and cancelled. */
export async function givenPausedImports(site: Site, server: ServingProcess, count: number): Promise<void> {
  await givenImportFile(site, orders, fuzzFile);
  for (let made = 0; made < count; made += 1) {
    const body = { blob_key: `incoming/${fuzzFile}`, options: { source: `paused ${made}` } };
    await server.send("POST", "/api/v2/imports", { body });
    // One after the other: a process reads few files at once, and has the others wait.
    await eventually("it is ready", async () => {
      const left = await ask(site.db, "select 1 from imports.imports where status <> 'ready'");
      return left.length === 0;
    });
  }
  const made = await ask<{ uid: string }>(site.db, "select uid from imports.imports");
  for (const { uid } of made) {
    // In one transaction: nobody works on it in between.
    await site.db.transaction(async (tx) => {
      const now = new Date();
      await startImport(tx, { uid, by }, now);
      await pauseImport(tx, { uid, by }, now);
    });
    // A process works on few at once, and puts off those that come together.
    await eventually("it was seen that it is paused", async () => {
      const left = await ask(site.db, "select from graphile_worker.jobs where task_identifier = 'run-import'");
      return left.length === 0;
    });
  }
}
