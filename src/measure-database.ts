import { measureFeedLag } from "./events/index.ts";
import { countUnansweredKeys } from "./http/key-count-queries.ts";
import { measureIdleImports } from "./imports/index.ts";
import { countOrders, findSearchMark } from "./orders/index.ts";
import { countOpenAttempts, countOpenRefunds, countWaitingWebhooks } from "./payments/index.ts";
import type { Db } from "./platform/db.ts";
import { countJobs, countWorkers, type JobCount } from "./platform/job-count-queries.ts";
import { counter, gauge, type Metric, one, type Reading } from "./platform/metrics.ts";
import { inTurn, type PacedReading, paceReading } from "./platform/pace-reading.ts";
import { countOpenTasks } from "./tasks/index.ts";

type Read = <Value>(part: string, ask: () => Promise<Value>) => PacedReading<Value>;

/**
 * What stands in the database: every process tells the same. Each part is counted when somebody asks, never two at once,
 * and the less often the longer it takes, so that two million orders are counted every minute or so and a hundred always.
 */
export function measureDatabase(db: Db): Metric[] {
  const turn = inTurn();
  const parts: PacedReading<unknown>[] = [];
  const read: Read = (name, ask) => {
    const part = paceReading(name, () => turn(ask));
    parts.push(part);
    return part;
  };
  return [
    ...ordersAndMoney(db, read),
    ...jobsAndFeed(db, read),
    ...tasksAndKeys(db, read),
    gauge("numbers_missing", "1 for a part of the database that could not be read.", () =>
      parts.map((part) => ({ labels: { of: part.name }, value: part.isMissing() ? 1 : 0 })),
    ),
  ];
}

function from<Value>(part: PacedReading<Value>, pick: (value: Value) => Reading[]): () => Promise<Reading[]> {
  return async () => {
    const value = await part.now();
    return value === undefined ? [] : pick(value);
  };
}

interface Waiting {
  readonly oldestSeconds: number | null;
}

/** How long the oldest has waited; 0 when none does. */
const age = ({ oldestSeconds }: Waiting) => one(oldestSeconds ?? 0);

function ordersAndMoney(db: Db, read: Read): Metric[] {
  const orders = read("orders", () => db.transaction((tx) => countOrders(tx)));
  const attempts = read("attempts", () => countOpenAttempts(db, {}));
  const refunds = read("refunds", () => countOpenRefunds(db, {}));
  const webhooks = read("webhooks", () => countWaitingWebhooks(db, {}));
  const byStatus = from(orders, (counts) => counts.map(({ status, orders: value }) => ({ labels: { status }, value })));
  const byState = from(attempts, (counts) =>
    counts.map(({ state, attempts: count }) => ({ labels: { state }, value: Number(count) })),
  );
  const ageByState = from(attempts, (counts) =>
    counts.map(({ state, oldestSeconds: value }) => ({ labels: { state }, value })),
  );
  const told = from(webhooks, ({ webhooks: count }) => one(Number(count)));
  const promised = from(refunds, ({ refunds: count }) => one(Number(count)));
  return [
    gauge("orders", "Orders by status.", byStatus),
    gauge("payments_open", "Payments without an end, by state.", byState),
    gauge("payments_open_oldest_seconds", "Age of the oldest payment without an end.", ageByState),
    gauge("refunds_open", "Refunds that were promised and are not made.", promised),
    gauge("refunds_open_oldest_seconds", "Age of the oldest of them.", from(refunds, age)),
    gauge("webhooks_waiting", "Webhooks of gateways that are not worked on yet.", told),
    gauge("webhooks_waiting_oldest_seconds", "Age of the oldest of them.", from(webhooks, age)),
  ];
}

function jobStates({ name: job, ready, running, later, failed }: JobCount): Reading[] {
  return Object.entries({ ready, running, later, failed }).map(([state, count]) => ({
    labels: { job, state },
    value: Number(count),
  }));
}

function jobsAndFeed(db: Db, read: Read): Metric[] {
  const jobs = read("jobs", () => countJobs(db, {}));
  const workers = read("workers", () => countWorkers(db, {}));
  const feed = read("feed", () => measureFeedLag(db, {}));
  const imports = read("imports", () => measureIdleImports(db, {}));
  const behind = read("search", async () => {
    const [{ position }, { lastPosition }] = await Promise.all([findSearchMark(db, {}), measureFeedLag(db, {})]);
    return { positions: Number(lastPosition - position) };
  });
  const ageByJob = from(jobs, (counts) =>
    counts.map(({ name, oldestSeconds }) => ({ labels: { job: name }, value: oldestSeconds ?? 0 })),
  );
  const alive = from(workers, (found) => one(Number(found.workers)));
  const waiting = from(feed, (lag) => one(Number(lag.waiting)));
  const position = from(feed, ({ lastPosition }) => one(Number(lastPosition)));
  return [
    gauge(
      "jobs",
      "Jobs by kind and state.",
      from(jobs, (counts) => counts.flatMap(jobStates)),
    ),
    gauge("jobs_ready_oldest_seconds", "How long the oldest job that could run has waited.", ageByJob),
    gauge("workers", "Workers that are alive.", alive),
    gauge(
      "imports_idle_seconds",
      "How long an import under way has not moved on, the worst of them.",
      from(imports, age),
    ),
    gauge("feed_waiting", "Events that have no position in the feed.", waiting),
    gauge("feed_waiting_oldest_seconds", "Age of the oldest of them.", from(feed, age)),
    gauge(
      "search_waiting",
      "Events whose orders are not found by their words yet.",
      from(behind, ({ positions }) => one(Math.max(positions, 0))),
    ),
    counter("feed_positions_total", "Events that have a position in the feed.", position),
  ];
}

function tasksAndKeys(db: Db, read: Read): Metric[] {
  const tasks = read("tasks", () => countOpenTasks(db, {}));
  const keys = read("keys", () => countUnansweredKeys(db, {}));
  const byKind = from(tasks, (counts) =>
    counts.map(({ kind, tasks: count }) => ({ labels: { kind }, value: Number(count) })),
  );
  const ageByKind = from(tasks, (counts) =>
    counts.map(({ kind, oldestSeconds: value }) => ({ labels: { kind }, value })),
  );
  const unanswered = from(keys, ({ keys: count }) => one(Number(count)));
  return [
    gauge("tasks_open", "Tasks that wait for a person, by kind.", byKind),
    gauge("tasks_open_oldest_seconds", "Age of the oldest task of a kind.", ageByKind),
    gauge("keys_unanswered", "Idempotency keys without an answer.", unanswered),
    gauge("keys_unanswered_oldest_seconds", "Age of the oldest of them.", from(keys, age)),
  ];
}
