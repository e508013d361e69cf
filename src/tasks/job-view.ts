import { type Static, Type } from "typebox";
import { BigInteger } from "../http/write-json.ts";
import type { KeptJob } from "../platform/kept-job-queries.ts";
import { orderIdOfPayload, shownError, shownPayload } from "./failure.ts";
import { jobStates, stateOf } from "./find-kept-job.ts";
import { type NamedOrders, OrderRefView, orderRefView } from "./order-ref-view.ts";

const Text = (example: string | null) => Type.Union([Type.String(), Type.Null()], { examples: [example] });

export const JobView = Type.Object(
  {
    id: BigInteger({ minimum: 1, examples: [41] }),
    name: Type.String({ examples: ["refund-payment"] }),
    status: Type.Enum([...jobStates, "discarded"], {
      description: "`failed`: its tries are used up. `discarded`: in the answer to that call alone; the job is gone.",
      examples: ["failed"],
    }),
    order: OrderRefView,
    payload: Type.Unsafe<Record<string, string | number>>(
      Type.Object(
        {},
        {
          additionalProperties: true,
          description: "Ids and plain words of what it was queued with; nothing that may be about a person.",
          examples: [{ orderId: "7", refund: 1 }],
        },
      ),
    ),
    tries: Type.Integer({ minimum: 0, examples: [25] }),
    max_tries: Type.Integer({ minimum: 1, examples: [25] }),
    error: Type.Union([Type.String(), Type.Null()], {
      description:
        "Why its last try failed, without addresses. Null when no try did, or when it died with its process.",
      examples: ["Refund 1 of order 7 is not settled: the gateway did not answer."],
    }),
    key: Text(null),
    queue: Text(null),
    run_at: Type.String({ format: "date-time", description: "When it is tried next, if it is." }),
    created_at: Type.String({ format: "date-time" }),
    started_at: Type.Union([Type.String({ format: "date-time" }), Type.Null()], { examples: [null] }),
  },
  { title: "Job" },
);
export type JobView = Static<typeof JobView>;

export const JobListView = Type.Object(
  {
    data: Type.Array(JobView),
    next_cursor: Type.Union([Type.String(), Type.Null()], { description: "Null on the last page.", examples: [null] }),
  },
  { title: "JobPage" },
);

export function jobView(job: KeptJob, names: NamedOrders): JobView {
  return {
    id: job.jobId,
    name: job.name,
    status: stateOf(job),
    order: orderRefView(orderIdOfPayload(job.payload), names),
    payload: shownPayload(job.payload),
    tries: job.tries,
    max_tries: job.maxTries,
    error: job.lastError === null ? null : shownError(job.lastError),
    key: job.key,
    queue: job.queue,
    run_at: job.runAt.toISOString(),
    created_at: job.createdAt.toISOString(),
    started_at: job.lockedAt?.toISOString() ?? null,
  };
}
