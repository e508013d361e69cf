import { requestsServed } from "./http/observe-requests.ts";
import { measureDatabase } from "./measure-database.ts";
import { type GuardedGateway, gatewayCalls } from "./payments/index.ts";
import { setMembers, setRuns } from "./platform/coalesce.ts";
import type { Db } from "./platform/db.ts";
import { listLeases } from "./platform/leases.ts";
import { counter, gauge, histogram, type Metric, type Metrics, one, openMetrics } from "./platform/metrics.ts";
import { lostLogWrites } from "./platform/open-log.ts";
import { jobRuns } from "./platform/run-job.ts";

/** What the numbers of a process are taken from. */
export interface Measured {
  readonly db: Db;
  readonly gateway: GuardedGateway;
  readonly version: string;
}

/** Every number that this process tells; docs/metrics.md lists the same, and a test compares. */
export function measureEngine({ db, gateway, version }: Measured): Metrics {
  return openMetrics([
    gauge("build", "The version that runs; always 1.", () => one(1, { version })),
    ...workDone(),
    ...poolState(db),
    ...gatewayState(gateway),
    ...measureDatabase(db),
  ]);
}

/** What this process has done: numbers that only grow. */
function workDone(): Metric[] {
  return [
    histogram("request_seconds", "Answered requests, by route, method and class of status.", requestsServed),
    histogram("gateway_call_seconds", "Calls to gateways, by call and outcome.", gatewayCalls),
    histogram("job_run_seconds", "Runs of jobs, by kind and outcome.", jobRuns),
    histogram("set_seconds", "Runs of sets of calls that came together.", setRuns),
    histogram("set_members", "Calls that shared such a run.", setMembers),
    counter("log_writes_lost_total", "Writes of the log that failed.", () => one(lostLogWrites())),
  ];
}

function poolState(db: Db): Metric[] {
  const connections = () => {
    const { total, idle } = db.load();
    return [...one(total - idle, { state: "busy" }), ...one(idle, { state: "idle" })];
  };
  const ends = () => {
    const { committed, failed, repeated } = db.load();
    return Object.entries({ committed, failed, repeated }).flatMap(([end, count]) => one(count, { end }));
  };
  const leases = () => listLeases().flatMap(({ name, held }) => one(held ? 1 : 0, { lease: name }));
  return [
    gauge("database_connections", "Connections of the pool, by state.", connections),
    gauge("database_waiting", "Callers that wait for a connection.", () => one(db.load().waiting)),
    counter("transactions_total", "Transactions, by their end.", ends),
    gauge("lease_held", "1 for a lease that this process holds, 0 for one that it would take.", leases),
  ];
}

const breakerStates = ["closed", "half-open", "open"] as const;

function gatewayState(gateway: GuardedGateway): Metric[] {
  const { name } = gateway;
  const breaker = () => {
    const present = gateway.load().breaker;
    return breakerStates.flatMap((state) => one(state === present ? 1 : 0, { gateway: name, state }));
  };
  const calls = () => {
    const { underWay, waiting } = gateway.load();
    return [
      ...one(underWay, { gateway: name, state: "under_way" }),
      ...one(waiting, { gateway: name, state: "waiting" }),
    ];
  };
  return [
    gauge("gateway_breaker", "1 for the state that the breaker is in.", breaker),
    gauge("gateway_calls", "Calls that are under way or wait for a place.", calls),
  ];
}
