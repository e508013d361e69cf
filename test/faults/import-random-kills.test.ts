import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { getImport } from "../../src/imports/find-imports.ts";
import { isImportOver } from "../../src/imports/import.ts";
import { assertExact, type ImportSite, receiveFile, untilOver } from "../support/import-under-fire.ts";
import { chaosSeed, randomFrom } from "../support/random.ts";
import { givenSite, startWorking } from "../support/serve.ts";

const long = process.env.CHAOS === "long";
const storms = long ? 40 : 2;
const mostLives = 12; // Then it is left alone, so that a slow machine comes to an end too.
const longestLifeMs = 1_500; // All of an import takes about so long.

const gentle = 0.3; // So often a process is told to end instead, and has to end well.

/** Lets processes work on the import, each until it is killed or told to end at some moment. */
async function killSeveral(site: ImportSite, uid: string, random: () => number): Promise<void> {
  for (let life = 0; life < mostLives; life += 1) {
    const victim = await startWorking(site);
    await sleep(random() * longestLifeMs);
    if (random() < gentle) assert.equal(await victim.stop(), 0, victim.log());
    else await victim.kill();
    const { status } = await getImport(site.db, uid);
    if (isImportOver(status)) return;
  }
}

describe(`processes that are killed or end at any moment of an import (CHAOS_SEED=${chaosSeed})`, {
  concurrency: 2,
}, () => {
  for (let storm = 0; storm < storms; storm += 1) {
    const random = randomFrom(chaosSeed + storm);
    const payment = random() < 0.5 ? "charge" : "recorded";
    test(`leave it exact, seed ${chaosSeed + storm}, payment ${payment}`, async () => {
      const site = await givenSite();
      const received = await receiveFile(site, { payment, auto_start: true });
      await killSeveral(site, received.uid, random);
      const heir = await startWorking(site);
      await assertExact(site, await untilOver(site, received));
      await heir.kill();
      await site.close();
    });
  }
});
