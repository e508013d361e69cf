import type { Writable } from "node:stream";
import pg from "pg";
import { isUnavailable } from "./errors.ts";
import { type Lending, lendConnections } from "./lend-connections.ts";
import { lostRace, wasCollision } from "./races.ts";
import { sendCopy } from "./send-copy.ts";
import { bindParameters, camelCase, declareStatement, type Params, type Text } from "./statements.ts";
import { inSpan, type SpanOptions } from "./trace.ts";

/** What a statement found: how many rows it touched, and those it answered with. */
export interface Found {
  readonly rowCount: number;
  readonly rows: readonly object[];
}

/** Whatever runs a statement: the pool, where each stands alone, or an open transaction. */
export interface Sql {
  run(text: Text, params: Params): Promise<Found>;
}

declare const open: unique symbol;

/** An open transaction. Only `db.transaction` makes one, so who asks for it cannot be called outside. */
export interface Tx extends Sql {
  readonly [open]: true;
  /** Runs a COPY with its rows, which stand in the pieces as its text format has them; answers how many there were. */
  copy(text: Text, pieces: readonly Buffer[]): Promise<number>;
  /**
   * Takes statements over that nobody waits for: if they are the last, they travel with the commit. The transaction
   * succeeds only when they do, so what they must find has to be checked by the statements themselves.
   */
  finish(last: readonly Promise<unknown>[]): void;
}

export interface Db extends Sql {
  /**
   * Runs the work in one transaction and commits it. Runs it again from the start when PostgreSQL asks for that
   * (serialization failure, deadlock), three times at most, or when it lost a declared race, eight times at most, so the
   * work has no effect but its statements.
   */
  transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
  load(): DbLoad;
  close(): Promise<void>;
}

/** How the pool is doing, and what its transactions met since it was opened. */
export interface DbLoad {
  /** Connections that exist, and those that nobody uses. */
  readonly total: number;
  readonly idle: number;
  /** Callers that wait for a connection. */
  readonly waiting: number;
  readonly committed: number;
  readonly failed: number;
  /** Runs that were repeated: serialization failures, deadlocks and lost races. */
  readonly repeated: number;
}

export interface DbOptions {
  readonly url: string;
  /** Shown in pg_stat_activity; begins with `orderwell`. */
  readonly applicationName: string;
  readonly connections?: number;
  readonly statementTimeoutMs?: number;
  /** Told about connections that broke while nobody used them; the pool replaces them by itself. */
  readonly onIdleError?: (error: Error) => void;
}

const defaultConnections = 10; // Two cores do no more with more: coalesced sets need few connections.
const defaultStatementTimeoutMs = 30_000; // Longer than any statement of ours; ends what a lost client left behind.
const lockTimeoutMs = 10_000;
const idleInTransactionTimeoutMs = 30_000; // No network call happens in a transaction, so it is never idle for long.
const connectTimeoutMs = 5_000; // Also the longest wait for a free connection; the caller then hears 503.
/** A half-open connection is given up so long after the server would have ended the statement, or twice as late. */
const longestAnswerGraceMs = 5_000;
const keepAliveDelayMs = 10_000;
const tries = 3;
const raceTries = 8; // Each is lost to another winner: there are never so many at once who write the same.

/**
 * Our statements reach rows by their keys. Left alone, the planner takes a set of unknown size for 100 rows and a fresh
 * table for ten pages, caches a plan that reads the whole table, and keeps it while the table grows (seen: 540 orders/s
 * down to 300). A statement that needs a scan still gets one, since it has no other way. The plan for any values is kept
 * from the first run on: PostgreSQL would make one for the values of each run where a set is small (2026-11: a third of
 * what a checkout costs it).
 */
const plannerSettings =
  "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off -c plan_cache_mode=force_generic_plan";

pg.types.setTypeParser(pg.types.builtins.INT8, BigInt);
const int8Array = 1016;
const parseTextArray = pg.types.getTypeParser(1009 as never) as (text: string) => (string | null)[];
pg.types.setTypeParser(int8Array as never, (text: string) =>
  parseTextArray(text).map((element) => (element === null ? null : BigInt(element))),
);

/** The settings of every connection that we open, whoever uses it; each waits for nothing without end. */
export function connectionSettings(options: DbOptions): pg.PoolConfig {
  const statementTimeoutMs = options.statementTimeoutMs ?? defaultStatementTimeoutMs;
  return {
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.connections ?? defaultConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + Math.min(statementTimeoutMs, longestAnswerGraceMs),
    lock_timeout: Math.min(lockTimeoutMs, statementTimeoutMs),
    idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
    options: plannerSettings,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveDelayMs,
  };
}

/** Opens a pool. No connection is made before the first statement. */
export function openDb(options: DbOptions): Db {
  const pool = new pg.Pool({ ...connectionSettings(options), pipeline: true } as pg.PoolConfig);
  const onIdleError = options.onIdleError ?? (() => {});
  pool.on("error", onIdleError);
  // A connection that breaks while a caller holds it reports here too; the caller hears it from its statement.
  pool.on("connect", (client) => client.on("error", () => {}));
  const lending = lendConnections(pool);
  const ends: Ends = { committed: 0, failed: 0, repeated: 0 };
  return {
    run: (text, params) => runAlone(lending, text, params),
    transaction: (work) => inTransaction(lending, ends, work),
    load: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount, ...ends }),
    close: () => pool.end(),
  };
}

/** What a span says of a statement: its name is the span's, and values are in none. */
const statementSpan: SpanOptions = { side: "client", facts: { "db.system.name": "postgresql" } };

async function runAlone(lending: Lending, text: Text, params: Params): Promise<Found> {
  const client = await lending.take();
  try {
    const found = await runOn(client, text, params);
    lending.giveBack(client);
    return found;
  } catch (failure) {
    lending.giveBack(client, { broken: isUnavailable(failure), failure });
    throw failure;
  }
}

function runOn(connection: pg.PoolClient, text: Text, params: Params): Promise<Found> {
  return inSpan(text.name, () => send(connection, text, params), statementSpan);
}

async function send(connection: pg.PoolClient, text: Text, params: Params): Promise<Found> {
  const values = bindParameters(text, params);
  const result = await connection.query({ name: text.name, text: text.sent, values, rowMode: "array" });
  return { rowCount: result.rowCount ?? 0, rows: namedRows(result) };
}

function namedRows(result: pg.QueryArrayResult): object[] {
  const names = result.fields.map((field) => camelCase(field.name));
  return result.rows.map((row) => {
    const named: Record<string, unknown> = {};
    for (let column = 0; column < names.length; column += 1) named[names[column] as string] = row[column];
    return named;
  });
}

/** How often work may run that failed so. */
function triesAfter(error: unknown): number {
  if (lostRace(error)) return raceTries;
  return wasCollision(error) ? tries : 1;
}

/** How transactions ended, counted. */
interface Ends {
  committed: number;
  failed: number;
  repeated: number;
}

async function inTransaction<Result>(lending: Lending, ends: Ends, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const result = await transactionOnce(lending, work);
      ends.committed += 1;
      return result;
    } catch (error) {
      if (attempt >= triesAfter(error)) {
        ends.failed += 1;
        throw error;
      }
      ends.repeated += 1;
    }
  }
}

async function transactionOnce<Result>(lending: Lending, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  const client = await lending.take();
  const last: Promise<unknown>[] = [];
  let end: { broken: boolean; failure: unknown } | undefined;
  try {
    gatherWrites(client);
    // Not awaited: it travels with the first statement. That one fails too if this does.
    client.query("begin").catch(() => {});
    const result = await work(openTx(client, last));
    if (last.length > 0) await assertSent(client, last);
    gatherWrites(client);
    const [ended] = await Promise.all([inSpan("commit", () => client.query("commit"), statementSpan), ...last]);
    // A transaction that a statement broke answers COMMIT with ROLLBACK; nobody may take that for success.
    if (ended.command !== "COMMIT")
      throw new Error("The transaction was rolled back: a failed statement was not noticed.");
    return result;
  } catch (error) {
    const failure = await firstFailure(last, error);
    end = { broken: !(await rolledBack(client, failure)), failure };
    throw failure;
  } finally {
    lending.giveBack(client, end);
  }
}

function openTx(client: pg.PoolClient, last: Promise<unknown>[]): Tx {
  const run = (text: Text, params: Params) => {
    gatherWrites(client);
    return runOn(client, text, params);
  };
  const copy = (text: Text, pieces: readonly Buffer[]) => {
    gatherWrites(client);
    return inSpan(text.name, () => sendCopy(client, text.sent, pieces), statementSpan);
  };
  const finish = (statements: readonly Promise<unknown>[]) => {
    // Whether they failed is asked at the end; until then nobody else looks.
    for (const statement of statements) statement.catch(() => {});
    last.push(...statements);
  };
  return { run, copy, finish } as Tx;
}

/** A statement that nobody waited for breaks those after it: its own error says why. */
async function firstFailure(last: readonly Promise<unknown>[], heard: unknown): Promise<unknown> {
  const failed = (await Promise.allSettled(last)).find((outcome) => outcome.status === "rejected");
  return failed ? failed.reason : heard;
}

/**
 * Throws when a statement that nobody waits for failed before it was sent, since a parameter could not be bound, say:
 * the commit would keep the others without it. What was written stays back meanwhile, and goes out with the commit.
 */
async function assertSent(client: pg.PoolClient, last: readonly Promise<unknown>[]): Promise<void> {
  let failed: { reason: unknown } | undefined;
  for (const statement of last) {
    statement.catch((reason: unknown) => {
      failed ??= { reason };
    });
  }
  const stream = streamOf(client);
  stream.cork();
  // All that goes wrong on our side has gone wrong by then: promises come before the next tick.
  await new Promise<void>((resolve) => process.nextTick(resolve));
  process.nextTick(() => stream.uncork());
  if (failed) throw failed.reason;
}

function streamOf(client: pg.PoolClient): Writable {
  return (client as unknown as { connection: { stream: Writable } }).connection.stream;
}

/**
 * Sends what one turn of the event loop writes to a connection in one piece: the driver would make a system call of
 * each statement, and the server would wake for each (2026-11: a tenth of the time of a set of orders).
 */
function gatherWrites(client: pg.PoolClient): void {
  const stream = streamOf(client);
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** Keeps the first error: what goes wrong while rolling back only decides that the connection is thrown away. */
async function rolledBack(client: pg.PoolClient, error: unknown): Promise<boolean> {
  if (isUnavailable(error)) return false;
  return client.query("rollback").then(
    () => true,
    () => false,
  );
}

type Statement<Needs extends Sql, Given extends Params, Answer> = (sql: Needs, params: Given) => Promise<Answer>;

/** Declares a statement that answers any number of rows; its text limits them. */
export function many<Needs extends Sql, Given extends Params, Row>(
  name: string,
  source: string,
): Statement<Needs, Given, Row[]> {
  const text = declareStatement(name, source);
  return async (sql, params) => (await sql.run(text, params)).rows as Row[];
}

/** Declares a statement that answers one row or none. */
export function maybeOne<Needs extends Sql, Given extends Params, Row>(
  name: string,
  source: string,
): Statement<Needs, Given, Row | undefined> {
  const text = declareStatement(name, source);
  return async (sql, params) => {
    const { rows } = await sql.run(text, params);
    if (rows.length > 1) throw new Error(`${name} found ${rows.length} rows where one at most can be.`);
    return rows[0] as Row | undefined;
  };
}

/** Declares a statement that always answers one row. */
export function one<Needs extends Sql, Given extends Params, Row>(
  name: string,
  source: string,
): Statement<Needs, Given, Row> {
  const text = declareStatement(name, source);
  return async (sql, params) => {
    const { rows } = await sql.run(text, params);
    if (rows.length !== 1) throw new Error(`${name} found ${rows.length} rows where there is always one.`);
    return rows[0] as Row;
  };
}

/** Declares a statement that changes rows and answers how many. */
export function change<Needs extends Sql, Given extends Params>(
  name: string,
  source: string,
): Statement<Needs, Given, number> {
  const text = declareStatement(name, source);
  return async (sql, params) => (await sql.run(text, params)).rowCount;
}
