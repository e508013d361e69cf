import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { BulkheadRejectedError, bulkhead } from "cockatiel";
import type { FastifyInstance, FastifyRequest, FastifySchemaCompiler } from "fastify";
import { type Static, Type } from "typebox";
import { sendAnswer } from "../http/answer-once.ts";
import { invalidInput, unavailable } from "../http/http-errors.ts";
import { type Answer, keyOf } from "../http/idempotency.ts";
import { answerWithTag } from "../http/match-request.ts";
import { exceptBody, lineTypes, type ManyBody, readManyBodies } from "../http/read-many.ts";
import { getBatch } from "./find-batch.ts";
import { BatchAnswerView, BatchView, batchView } from "./order-batch-view.ts";
import { OrderDraft } from "./order-draft.ts";
import { exampleDraft, hourMs, placingOptions } from "./order-placing-options.ts";
import type { Counter } from "./payment-desk-flow.ts";
import { placeBatch } from "./place-batch-flow.ts";
import { type BatchMember, readBatchMember } from "./read-batch-member.ts";

const limits = {
  bodyBytes: 33_554_432, // 10,000 orders of twenty lines each.
  elementBytes: 1_048_576, // As much as a request for one order may have.
  elements: 10_000,
};
const placedAtOnce = 2; // Each holds a connection, and two keep two cores busy: the others' turn comes soon.
const largeBytes = 4_194_304; // Ten thousand orders of one line each are smaller.
const largeAtOnce = 4; // A body of 32 MiB takes five times as much when it is read; the others wait unread.
const mostWaiting = 20;
const retryAfterSeconds = 2;

const tags = ["Orders"];
const BatchQuery = Type.Object(placingOptions, { additionalProperties: false });
const BatchParams = Type.Object({
  id: Type.String({
    maxLength: 64,
    description: "The batch's id, as its request was answered.",
    examples: ["019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f"],
  }),
});
const Drafts = Type.Array(OrderDraft, { minItems: 1, maxItems: limits.elements, examples: [[exampleDraft]] });

const description = `Up to 10,000 orders and 32 MiB, as a JSON array or as NDJSON, an order on each line. Each is \`placed\`,
\`rejected\` with its problem, or a \`duplicate\` of the order that its source's \`external_reference\` has already, which is
left as it is: a batch that is sent again doubles nothing. One that is rejected does not hurt the others; what is no JSON
array at all is refused whole. All that are placed are placed in one transaction.

With \`payment=charge\` the answer is 202: the orders wait, and are paid one by one from then on. The batch's own page
tells how far that is.`;

/** Takes in many orders at once, and tells what became of them. */
export function orderBatchRoutes(counter: Counter): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get("/api/v2/batches/:id", {
      config: { scope: "orders:read" },
      schema: {
        tags,
        operationId: "getBatch",
        summary: "Count a batch's orders by status, and their money by currency",
        params: BatchParams,
        response: { 200: BatchView },
      },
      async handler(request, reply) {
        const { id: batchId } = request.params;
        return answerWithTag(request, reply, batchView(batchId.toLowerCase(), await getBatch(counter.db, batchId)));
      },
    });

    // Bodies are read in another way below, and only there.
    await app.register(async (many) => takeBatches(many, counter));
  };
}

type Turns = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** So many at once; some more wait for their turn, and the rest are told to come back. */
function openTurns(atOnce: number): Turns {
  const places = bulkhead(atOnce, mostWaiting);
  return (work) =>
    places.execute(work).catch((error: unknown) => {
      throw error instanceof BulkheadRejectedError ? unavailable({}, { retryAfterSeconds }) : error;
    });
}

type BatchRoute = { Querystring: Static<typeof BatchQuery>; Body: ManyBody };
type BatchRequest = FastifyRequest<BatchRoute>;

function isLarge({ headers }: BatchRequest): boolean {
  const { "content-length": length } = headers;
  return length === undefined || Number(length) > largeBytes;
}

async function takeBatch(counter: Counter, request: BatchRequest, inTurn: Turns): Promise<Answer> {
  const { query, principal, body } = request;
  const members: BatchMember[] = [];
  await body.read((element) => members.push(readBatchMember(element, query.payment)));
  if (members.length === 0) throw invalidInput({ what: "body" }, { faults: [noOrders] });
  const { payment, notify, pay_within_hours: hours } = query;
  const batch = {
    members,
    source: query.source ?? principal.name,
    payment,
    notify,
    payWithinMs: hours === undefined ? undefined : hours * hourMs,
    by: { actor: principal.id, cause: `request ${request.id}` },
    key: keyOf(request),
  };
  return inTurn(() => placeBatch(counter, batch));
}

const noOrders = { pointer: "", detail: "Must have at least 1 order." };

function takeBatches(app: FastifyInstance, counter: Counter): void {
  const [toPlace, toRead] = [openTurns(placedAtOnce), openTurns(largeAtOnce)];
  readManyBodies(app, limits);
  const json = { schema: Drafts };
  app.post<BatchRoute>("/api/v2/orders/batch", {
    config: { scope: "orders:write" },
    validatorCompiler: exceptBody(app.validatorCompiler as FastifySchemaCompiler<object>),
    schema: {
      tags,
      operationId: "placeBatch",
      summary: "Place many orders",
      description,
      querystring: BatchQuery,
      body: { content: { "application/json": json, ...Object.fromEntries(lineTypes.map((type) => [type, json])) } },
      response: { 200: BatchAnswerView, 202: BatchAnswerView },
    },
    async handler(request, reply) {
      const take = () => takeBatch(counter, request, toPlace);
      return sendAnswer(reply, await (isLarge(request) ? toRead(take) : take()));
    },
  });
}
