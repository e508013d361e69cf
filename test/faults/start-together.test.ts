import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { after, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { findPostmaster } from "../../src/platform/find-postmaster.ts";
import { assertVerified } from "../support/check-books.ts";
import { asSuperuser } from "../support/cluster.ts";
import { emptyDatabase } from "../support/database.ts";
import { describeSchema } from "../support/describe-schema.ts";
import { eventually } from "../support/eventually.ts";
import { insist, orderIdOf, orderWish } from "../support/insist.ts";
import { chaosSeed, randomFrom } from "../support/random.ts";
import { runFailing } from "../support/run-failing.ts";
import { givenFolder, type ServingProcess, startServing } from "../support/serve.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const migrations = (await readdir(`${root}/db/migrations`)).sort();
const kills = process.env.CHAOS === "long" ? 60 : 6;
const longestLifeMs = 700; // Of a process that migrates: some die while they load, some between two statements, some are done.

const programs = new Set<ChildProcess>();
after(() => {
  for (const child of programs) child.kill("SIGKILL");
});

async function migratedNames(url: string): Promise<string[]> {
  const { rows } = await asSuperuser(url, (client) => client.query("select name from public.orderwell_migrations"));
  return rows.map(({ name }) => name).sort();
}

/** Each serves, each by the same key, and each shows what another one placed. */
async function assertServeAlike(servers: readonly ServingProcess[], url: string): Promise<void> {
  assert.equal(new Set(servers.map(({ apiKey }) => apiKey)).size, 1, "one first key");
  const placed = await Promise.all(servers.map((server, index) => insist(orderWish(`node-${index}`), () => server)));
  for (const server of servers) {
    for (const answer of placed) {
      assert.equal((await server.send("GET", `/api/v1/orders/${orderIdOf(answer)}`)).status, 200);
    }
  }
  assert.deepEqual(await migratedNames(url), migrations);
  assert.deepEqual(
    await Promise.all(servers.map((server) => server.stop())),
    servers.map(() => 0),
  );
  await assertVerified(url);
}

/** The program itself, as an operator starts it. */
function startProgram(args: readonly string[]): { child: ChildProcess; told: string[]; ended: Promise<unknown[]> } {
  const env = { PATH: process.env.PATH ?? "" };
  const child = spawn(process.execPath, ["src/main.ts", ...args], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  programs.add(child);
  const told: string[] = [];
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on("line", (line) => told.push(line));
  return { child, told, ended: once(child, "close") };
}

describe("processes that start at once on an empty database", () => {
  for (const count of [2, 5]) {
    test(`serve alike, all ${count} of them`, async () => {
      const ground = { url: (await emptyDatabase()).url, dataDir: await givenFolder() };
      const servers = await Promise.all(Array.from({ length: count }, () => startServing(ground)));
      await assertServeAlike(servers, ground.url);
    });
  }

  test("serve alike when one of them is killed in the middle of a migration", async () => {
    const ground = { url: (await emptyDatabase()).url, dataDir: await givenFolder() };
    const killed = startServing(ground, { FAILPOINTS: "inside-migration@2:kill" }).catch(() => undefined);
    await eventually("it has begun", async () => (await migratedNames(ground.url)).length === 1);
    const servers = await Promise.all([startServing(ground), startServing(ground)]);
    assert.equal(await killed, undefined);
    await assertServeAlike(servers, ground.url);
  });

  test("share the database of one folder, and the last one stops it", async () => {
    const folder = await givenFolder();
    const both = [0, 1].map(() => startProgram(["serve", "--data-dir", folder, "--port", "0"]));
    for (const { told } of both) {
      await eventually("it serves", () => told.some((line) => line.startsWith("Orderwell serves on")));
    }
    for (const { child, ended, told } of both) {
      child.kill("SIGTERM");
      assert.deepEqual(await ended, [0, null], told.join("\n"));
    }
    assert.equal(await findPostmaster(`${folder}/postgres`), undefined);
  });
});

describe(`a process that is killed while it migrates (CHAOS_SEED=${chaosSeed})`, () => {
  test("leaves what the next one goes on from, however often and wherever it dies", async () => {
    const { url } = await emptyDatabase();
    const random = randomFrom(chaosSeed);
    for (let killed = 0; killed < kills; killed += 1) {
      const { child, ended } = startProgram(["migrate", "--database-url", url]);
      await Promise.race([sleep(random() * longestLifeMs), ended]);
      child.kill("SIGKILL");
      await ended;
    }
    assert.equal((await runFailing("", "migrate", url)).signal, null);
    const schema = await asSuperuser(url, describeSchema);
    assert.equal(schema, await readFile(`${root}/db/schema.sql`, "utf8"));
  });
});

describe("a database of a newer version", () => {
  test("is refused in a sentence, and nothing is changed there", async () => {
    const { url } = await emptyDatabase();
    await runFailing("", "migrate", url);
    await asSuperuser(url, (client) => client.query("insert into public.orderwell_migrations values (9000, 'later')"));
    for (const command of ["serve", "work", "migrate"]) {
      const { told, ended } = startProgram([command, "--database-url", url, "--data-dir", await givenFolder()]);
      const newest = Number(migrations.at(-1)?.slice(0, 4));
      assert.deepEqual(await ended, [1, null]);
      assert.deepEqual(told, [`The database is at version 9000, this program knows ${newest}: start a newer program.`]);
    }
    assert.deepEqual(await migratedNames(url), [...migrations, "later"]);
  });
});
