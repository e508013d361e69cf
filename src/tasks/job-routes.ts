import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { doerOf } from "../audit/index.ts";
import { answerMatched } from "../http/answer-matched.ts";
import { sendAnswer } from "../http/answer-once.ts";
import { answerWithTag } from "../http/match-request.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db, Sql, Tx } from "../platform/db.ts";
import type { Job } from "../platform/jobs.ts";
import { discardJob } from "./discard-job.ts";
import { orderIdOfPayload } from "./failure.ts";
import { findJobs, getJob, holdJob, jobStates, type KeptJob } from "./find-kept-job.ts";
import { JobListView, JobView, jobView } from "./job-view.ts";
import type { OrderNames } from "./order-ref-view.ts";
import { retryJob } from "./retry-job.ts";

const tags = ["Jobs"];
const defaultLimit = 20;
const mostLimit = 100;
const longestReference = 64;
const longestJobName = 128; // Source: graphile-worker's own limit.
const longestReason = 500;

const JobParams = Type.Object({ id: Type.String({ description: "The job's id.", examples: ["41"] }) });

const JobQuery = Type.Object(
  {
    status: Type.Optional(Type.Enum([...jobStates], { description: "All without it.", examples: ["failed"] })),
    name: Type.Optional(
      Type.String({ maxLength: longestJobName, description: "One kind of job.", examples: ["tell-customer"] }),
    ),
    limit: Type.Integer({
      minimum: 1,
      maximum: mostLimit,
      default: defaultLimit,
      description: "How many jobs at most.",
      examples: [20],
    }),
    cursor: Type.Optional(Type.String({ maxLength: longestReference, description: "The `next_cursor` of a page." })),
  },
  { additionalProperties: false },
);

const DiscardBody = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: longestReason, pattern: "\\S", examples: ["Done by hand."] }) },
  { additionalProperties: false, examples: [{ reason: "Done by hand." }] },
);

/** Shows jobs with what their orders are called. */
function viewsBy(orders: OrderNames): (sql: Sql, jobs: readonly KeptJob[]) => Promise<JobView[]> {
  return async (sql, jobs) => {
    const names = await orders.name(
      sql,
      jobs.flatMap(({ payload }) => orderIdOfPayload(payload) ?? []),
    );
    return jobs.map((job) => jobView(job, names));
  };
}

interface JobParts {
  readonly db: Db;
  readonly clock: Clock;
  /** The jobs that this version can run, wherever they do. */
  readonly jobs: readonly Job<object>[];
}

/** Later work that is not done: to look at, to try again, to give up for good. */
export function jobRoutes({ db, clock, jobs }: JobParts, orders: OrderNames): FastifyPluginAsyncTypebox {
  const declarations = jobs.map(({ declaration }) => declaration);

  const viewsOf = viewsBy(orders);
  const seen = (id: string) => async (tx: Tx) => (await viewsOf(tx, [await holdJob(tx, id)]))[0];

  return async (app) => {
    app.get("/api/v2/jobs", {
      config: { scope: "jobs:read" },
      schema: {
        tags,
        operationId: "listJobs",
        summary: "List the jobs that are not done, newest first",
        querystring: JobQuery,
        response: { 200: JobListView },
      },
      async handler({ query }) {
        const { rows, nextCursor } = await findJobs(db, query, query);
        return { data: await viewsOf(db, rows), next_cursor: nextCursor };
      },
    });

    app.get("/api/v2/jobs/:id", {
      config: { scope: "jobs:read" },
      schema: { tags, operationId: "getJob", summary: "Read one job", params: JobParams, response: { 200: JobView } },
      async handler(request, reply) {
        const [view] = await viewsOf(db, [await getJob(db, request.params.id)]);
        return answerWithTag(request, reply, view as JobView);
      },
    });

    app.post("/api/v2/jobs/:id/retry", {
      config: { scope: "jobs:write" },
      schema: {
        tags,
        operationId: "retryJob",
        summary: "Have a job tried at once; one that failed gets all its tries anew",
        params: JobParams,
        response: { 200: JobView },
      },
      async handler(request, reply) {
        const wanted = { job: request.params.id, by: doerOf(request), declarations };
        const work = async (tx: Tx, now: Date) => (await viewsOf(tx, [await retryJob(tx, wanted, now)]))[0];
        return sendAnswer(reply, await answerMatched(db, request, clock, { seen: seen(wanted.job), work }));
      },
    });

    app.post("/api/v2/jobs/:id/discard", {
      config: { scope: "jobs:write" },
      schema: {
        tags,
        operationId: "discardJob",
        summary: "Take away a failed job that shall not be done",
        params: JobParams,
        body: DiscardBody,
        response: { 200: JobView },
      },
      async handler(request, reply) {
        const wanted = { job: request.params.id, ...request.body, by: doerOf(request), jobs };
        const work = async (tx: Tx, now: Date) => {
          const [view] = await viewsOf(tx, [await discardJob(tx, wanted, now)]);
          return { ...view, status: "discarded" };
        };
        return sendAnswer(reply, await answerMatched(db, request, clock, { seen: seen(wanted.job), work }));
      },
    });
  };
}
