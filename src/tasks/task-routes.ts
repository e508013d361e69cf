import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { doerOf } from "../audit/index.ts";
import { answerMatched } from "../http/answer-matched.ts";
import { sendAnswer } from "../http/answer-once.ts";
import { answerWithTag } from "../http/match-request.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db, Sql, Tx } from "../platform/db.ts";
import { assignTask } from "./assign-task.ts";
import { closeTask } from "./close-task.ts";
import { findTasks, getTask, holdTask } from "./find-tasks.ts";
import type { OrderNames } from "./order-ref-view.ts";
import { type Task, taskKinds } from "./task.ts";
import { TaskListView, TaskView, taskView } from "./task-view.ts";

const tags = ["Tasks"];
const defaultLimit = 20;
const mostLimit = 100;
const longestReference = 64;
const longestName = 100;
const longestReason = 500;

const TaskParams = Type.Object({ id: Type.String({ description: "The task's id.", examples: ["12"] }) });

const TaskQuery = Type.Object(
  {
    status: Type.Optional(Type.Enum(["open", "closed"], { description: "Both without it.", examples: ["open"] })),
    kind: Type.Optional(
      Type.Enum([...taskKinds], { description: "What the trouble is.", examples: ["payment_mismatch"] }),
    ),
    order: Type.Optional(
      Type.String({
        maxLength: longestReference,
        description: "The order's UUID, its number `ORD-…`, or its id.",
        examples: ["ORD-27180435"],
      }),
    ),
    assignee: Type.Optional(Type.String({ maxLength: longestName, description: "Whose they are.", examples: ["ann"] })),
    limit: Type.Integer({
      minimum: 1,
      maximum: mostLimit,
      default: defaultLimit,
      description: "How many tasks at most.",
      examples: [20],
    }),
    cursor: Type.Optional(Type.String({ maxLength: longestReference, description: "The `next_cursor` of a page." })),
  },
  { additionalProperties: false },
);

const AssignBody = Type.Object(
  {
    assignee: Type.Union([Type.String({ minLength: 1, maxLength: longestName, pattern: "\\S" }), Type.Null()], {
      description: "Whose it shall be, in whatever name you use; null frees it.",
      examples: ["ann"],
    }),
  },
  { additionalProperties: false, examples: [{ assignee: "ann" }] },
);

const CloseBody = Type.Object(
  {
    reason: Type.String({
      minLength: 1,
      maxLength: longestReason,
      pattern: "\\S",
      examples: ["The bank confirmed it."],
    }),
  },
  { additionalProperties: false, examples: [{ reason: "The bank confirmed it." }] },
);

/** Shows tasks with what their orders are called. */
function viewsBy(orders: OrderNames): (sql: Sql, tasks: readonly Task[]) => Promise<TaskView[]> {
  return async (sql, tasks) => {
    const names = await orders.name(
      sql,
      tasks.flatMap(({ orderId }) => orderId ?? []),
    );
    return tasks.map((task) => taskView(task, names));
  };
}

/** What needs a person: to read, to take, and to close. */
export function taskRoutes({ db, clock }: { db: Db; clock: Clock }, orders: OrderNames): FastifyPluginAsyncTypebox {
  const viewsOf = viewsBy(orders);
  const seen = (id: string) => async (tx: Tx) => (await viewsOf(tx, [await holdTask(tx, id)]))[0];

  return async (app) => {
    app.get("/api/v2/tasks", {
      config: { scope: "tasks:read", refuses: [404] },
      schema: {
        tags,
        operationId: "listTasks",
        summary: "List what needs a person, newest first",
        querystring: TaskQuery,
        response: { 200: TaskListView },
      },
      async handler({ query }) {
        const { status, kind, order, assignee } = query;
        const orderId = order === undefined ? undefined : await orders.find(db, order);
        const filter = { ...(status === undefined ? {} : { [status]: true as const }), kind, orderId, assignee };
        const { rows, nextCursor } = await findTasks(db, filter, query);
        return { data: await viewsOf(db, rows), next_cursor: nextCursor };
      },
    });

    app.get("/api/v2/tasks/:id", {
      config: { scope: "tasks:read" },
      schema: {
        tags,
        operationId: "getTask",
        summary: "Read one task",
        params: TaskParams,
        response: { 200: TaskView },
      },
      async handler(request, reply) {
        const [view] = await viewsOf(db, [await getTask(db, request.params.id)]);
        return answerWithTag(request, reply, view as TaskView);
      },
    });

    app.post("/api/v2/tasks/:id/assign", {
      config: { scope: "tasks:write" },
      schema: {
        tags,
        operationId: "assignTask",
        summary: "Give an open task to somebody, or free it",
        params: TaskParams,
        body: AssignBody,
        response: { 200: TaskView },
      },
      async handler(request, reply) {
        const wanted = { task: request.params.id, ...request.body, by: doerOf(request) };
        const work = async (tx: Tx, now: Date) => (await viewsOf(tx, [await assignTask(tx, wanted, now)]))[0];
        return sendAnswer(reply, await answerMatched(db, request, clock, { seen: seen(wanted.task), work }));
      },
    });

    app.post("/api/v2/tasks/:id/close", {
      config: { scope: "tasks:write" },
      schema: {
        tags,
        operationId: "closeTask",
        summary: "Close a task with the reason for which it is done",
        params: TaskParams,
        body: CloseBody,
        response: { 200: TaskView },
      },
      async handler(request, reply) {
        const wanted = { task: request.params.id, ...request.body, by: doerOf(request) };
        const work = async (tx: Tx, now: Date) => (await viewsOf(tx, [await closeTask(tx, wanted, now)]))[0];
        return sendAnswer(reply, await answerMatched(db, request, clock, { seen: seen(wanted.task), work }));
      },
    });
  };
}
