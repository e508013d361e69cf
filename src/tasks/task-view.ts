import { type Static, Type } from "typebox";
import { detailView } from "../http/detail-view.ts";
import { BigInteger } from "../http/write-json.ts";
import { type NamedOrders, OrderRefView, orderRefView } from "./order-ref-view.ts";
import { type Task, taskKinds } from "./task.ts";

const Text = (example: string) => Type.Union([Type.String(), Type.Null()], { examples: [example] });
const Time = Type.Union([Type.String({ format: "date-time" }), Type.Null()]);
const person = "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f";

export const TaskView = Type.Object(
  {
    id: BigInteger({ minimum: 1, examples: [12] }),
    kind: Type.Enum([...taskKinds], { examples: ["payment_mismatch"] }),
    status: Type.Enum(["open", "closed"], { examples: ["open"] }),
    order: OrderRefView,
    cause: Type.String({
      description: "Names the trouble. The same cause opens one task, also after that was closed.",
      examples: ["payment_mismatch order 7 attempt 1"],
    }),
    detail: Type.Unsafe<object>(
      Type.Object({}, { additionalProperties: true, examples: [{ attempt: 1, amount: 500 }] }),
    ),
    opened_at: Type.String({ format: "date-time" }),
    assignee: Text("ann"),
    assigned_at: Time,
    assigned_by: Text(person),
    closed_at: Time,
    closed_by: Text(person),
    closed_reason: Text("The bank confirmed it."),
  },
  { title: "Task" },
);
export type TaskView = Static<typeof TaskView>;

export const TaskListView = Type.Object(
  {
    data: Type.Array(TaskView),
    next_cursor: Type.Union([Type.String(), Type.Null()], { description: "Null on the last page.", examples: [null] }),
  },
  { title: "TaskPage" },
);

export function taskView(task: Task, names: NamedOrders): TaskView {
  return {
    id: task.taskId,
    kind: task.kind,
    status: task.closedAt === null ? "open" : "closed",
    order: orderRefView(task.orderId, names),
    cause: task.cause,
    detail: detailView(task.detail),
    opened_at: task.openedAt.toISOString(),
    assignee: task.assignee,
    assigned_at: task.assignedAt?.toISOString() ?? null,
    assigned_by: task.assignedBy,
    closed_at: task.closedAt?.toISOString() ?? null,
    closed_by: task.closedBy,
    closed_reason: task.closedReason,
  };
}
