import { after } from "node:test";
import { type Db, openDb, type Tx } from "../../src/platform/db.ts";
import { asSuperuser, ensureTemplate, joinCluster, urlOf } from "./cluster.ts";

/** Enough for the tests of one file that run at once, few enough for all files together. */
const connections = 10;

export interface TestDatabase {
  readonly db: Db;
  readonly url: string;
  /** Closes `db` and drops the database. What is not closed goes after the file. */
  close(): Promise<void>;
}

const opened = new Set<TestDatabase>();
let clones = 0;
let shared: Promise<TestDatabase> | undefined;

after(async () => {
  await Promise.all([...opened].map((database) => database.close()));
  await (await joinedCluster)?.stop();
});

let joinedCluster: ReturnType<typeof joinCluster> | undefined;

/** A database of its own for tests that commit: migrated, with nothing in it but what migrations insert. */
export async function testDatabase(): Promise<TestDatabase> {
  return makeDatabase(await ensureTemplate());
}

/** A database of its own with nothing in it at all, for tests of what migrates. */
export function emptyDatabase(): Promise<TestDatabase> {
  return makeDatabase("template1");
}

async function makeDatabase(template: string): Promise<TestDatabase> {
  joinedCluster = joinCluster();
  const cluster = await joinedCluster;
  clones += 1;
  const name = `orderwell_test_${process.pid}_${clones}`;
  await asSuperuser(cluster.superuserUrl, (client) =>
    client.query(`create database ${name} template ${template} owner "${cluster.role}"`),
  );
  const url = urlOf(cluster, name);
  const db = openDb({ url, applicationName: "orderwell test", connections });
  let closing: Promise<void> | undefined;
  const database: TestDatabase = {
    db,
    url,
    close() {
      closing ??= drop();
      return closing;
    },
  };
  const drop = async () => {
    opened.delete(database);
    await db.close();
    await asSuperuser(cluster.superuserUrl, (client) => client.query(`drop database if exists ${name} with (force)`));
  };
  opened.add(database);
  return database;
}

class Undo extends Error {}

/**
 * A test in a transaction that never commits, on this file's clone.
 * The work runs again after a deadlock or a serialization failure, as every transaction's does.
 */
export function inTx(work: (tx: Tx) => Promise<void>): () => Promise<void> {
  return async () => {
    shared ??= testDatabase();
    const { db } = await shared;
    const undo = new Undo();
    await db
      .transaction(async (tx) => {
        await work(tx);
        throw undo;
      })
      .catch((error: unknown) => {
        if (error !== undo) throw error;
      });
  };
}

/** The names of the statements that the work runs, in the order in which they are sent. */
export async function statementsOf(tx: Tx, work: (watched: Tx) => Promise<unknown>): Promise<string[]> {
  const names: string[] = [];
  const watched: Pick<Tx, "run" | "copy" | "finish"> = {
    finish: (last) => tx.finish(last),
    copy(text, pieces) {
      names.push(text.name);
      return tx.copy(text, pieces);
    },
    run(text, params) {
      names.push(text.name);
      return tx.run(text, params);
    },
  };
  await work(watched as Tx);
  return names;
}
