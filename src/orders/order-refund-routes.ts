import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { type Static, Type } from "typebox";
import { doerOf, recordAction } from "../audit/index.ts";
import { answerOnce, sendAnswer } from "../http/answer-once.ts";
import { answerWithTag, ifMatchOf } from "../http/match-request.ts";
import { parseTime, wrongTime } from "../http/parse-time.ts";
import { exactText } from "../http/strict-json.ts";
import { writeJson } from "../http/write-json.ts";
import { mostMinor, parseMinor } from "../platform/money.ts";
import type { Author } from "./changes.ts";
import { getOrderId } from "./find-orders.ts";
import { getRefund, listRefunds } from "./list-order-money.ts";
import { assertOrderMatches } from "./match-order.ts";
import { orderInvalid } from "./order-errors.ts";
import { RefundView, refundView } from "./order-refund-view.ts";
import type { Counter } from "./payment-desk-flow.ts";
import { type RecordedRefund, requestRefund } from "./request-refund.ts";

const path = "/api/v2/orders/:id/refunds";
const tags = ["Orders"];
const created = 201;
const mostOnPage = 100;
const onPage = 20;
const longestReference = 64;
const longestReason = 500;
const longestGivenReference = 200;

const orderParam = {
  id: Type.String({
    maxLength: longestReference,
    description: "The order's UUID, its number `ORD-…`, or its id.",
    examples: ["ORD-27180435"],
  }),
};

const RefundBody = Type.Object(
  {
    amount: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: Number(mostMinor),
        description: "Minor units of the order's currency. Without it all goes back that the payment has left.",
        examples: [60000],
      }),
    ),
    currency: Type.Optional(
      Type.String({
        pattern: "^[A-Z]{3}$",
        description: "The order's; another one is refused. For callers that want to be sure.",
        examples: ["JPY"],
      }),
    ),
    reason: Type.String({
      minLength: 1,
      maxLength: longestReason,
      pattern: "\\S",
      description: "For whoever reads it later; the customer is not told.",
      examples: ["One item arrived broken."],
    }),
    recorded: Type.Optional(
      Type.Object(
        {
          reference: Type.String({
            minLength: 1,
            maxLength: longestGivenReference,
            description: "What the refund is called where it was made; once for each.",
            examples: ["BANK-2026-0815"],
          }),
          given_at: Type.Optional(
            Type.String({
              format: "date-time",
              description: "When it went back; now when left out.",
              examples: ["2026-11-20T09:30:00Z"],
            }),
          ),
        },
        {
          additionalProperties: false,
          title: "RecordedRefund",
          description: "Of an order that was paid elsewhere: it went back there already, and is written down.",
        },
      ),
    ),
  },
  { additionalProperties: false, examples: [{ amount: 60000, reason: "One item arrived broken." }] },
);
type RefundBody = Static<typeof RefundBody>;

const RefundListView = Type.Object(
  { data: Type.Array(RefundView), next_cursor: Type.Union([Type.String(), Type.Null()]) },
  { title: "RefundList" },
);

const RefundQuery = Type.Object(
  {
    limit: Type.Integer({
      minimum: 1,
      maximum: mostOnPage,
      default: onPage,
      description: "How many refunds at most.",
      examples: [20],
    }),
    cursor: Type.Optional(Type.String({ maxLength: longestReference, description: "The `next_cursor` of a page." })),
  },
  { additionalProperties: false },
);

/** The amount as it was written: a double may have rounded it. */
function readAmount(body: RefundBody): bigint | undefined {
  if (body.amount === undefined) return undefined;
  const amount = parseMinor(exactText(body, "amount"), 0);
  if (typeof amount === "bigint") return amount;
  throw orderInvalid({}, { faults: [{ pointer: "/amount", detail: "Must be an integer." }] });
}

function readRecorded({ recorded }: RefundBody, by: Author): RecordedRefund | undefined {
  if (!recorded) return undefined;
  const { reference, given_at: givenAt } = recorded;
  if (givenAt === undefined) return { reference, givenAt: undefined, by };
  const time = parseTime(givenAt);
  if (time) return { reference, givenAt: time, by };
  throw orderInvalid({}, { faults: [{ pointer: "/recorded/given_at", detail: wrongTime }] });
}

/** Money that goes back. */
export function orderRefundRoutes(counter: Counter): FastifyPluginAsyncTypebox {
  const { db, clock, policy } = counter;
  return async (app) => {
    app.post(path, {
      config: { scope: "payments:write" },
      schema: {
        tags,
        operationId: "createRefund",
        summary: "Give back what was paid for an order, or part of it",
        description:
          "The refund is promised at once and given back by a job: `requested` becomes `succeeded` or `failed`. What was " +
          "paid elsewhere goes back there: `recorded` writes that down, and it has `succeeded`. The order stays where it " +
          "is; cancelling is another call. `If-Match` takes the order's tag.",
        params: Type.Object(orderParam),
        body: RefundBody,
        response: { 201: RefundView },
      },
      async handler(request, reply) {
        const orderId = await getOrderId(db, request.params.id);
        const { currency, reason } = request.body;
        const recorded = readRecorded(request.body, { actor: request.principal.id, cause: `request ${request.id}` });
        const wanted = { orderId, amountMinor: readAmount(request.body), currency, reason, recorded };
        const ifMatch = ifMatchOf(request);
        const answer = await answerOnce(db, request, clock, async (tx, now) => {
          await assertOrderMatches(tx, orderId, ifMatch);
          const { order, refund } = await requestRefund(tx, wanted, policy, now);
          const detail = { refund: refund.refund, amountMinor: refund.amountMinor.toString() };
          const action = recorded ? "refund.recorded" : "refund.requested";
          const asked = { by: doerOf(request), action, subject: `order/${order.uid}`, detail };
          await recordAction(tx, asked, now);
          return { status: created, body: writeJson(refundView(order, refund)) };
        });
        return sendAnswer(reply, answer);
      },
    });

    app.get(path, {
      config: { scope: "orders:read" },
      schema: {
        tags,
        operationId: "listRefunds",
        summary: "List the refunds of an order, newest first",
        params: Type.Object(orderParam),
        querystring: RefundQuery,
        response: { 200: RefundListView },
      },
      async handler({ params, query }) {
        const { order, rows, nextCursor } = await listRefunds(db, await getOrderId(db, params.id), query);
        return { data: rows.map((refund) => refundView(order, refund)), next_cursor: nextCursor };
      },
    });

    app.get(`${path}/:refund`, {
      config: { scope: "orders:read" },
      schema: {
        tags,
        operationId: "getRefund",
        summary: "Read one refund of an order",
        params: Type.Object({
          ...orderParam,
          refund: Type.String({
            maxLength: longestReference,
            description: "Its number within the order, or its id.",
            examples: ["1"],
          }),
        }),
        response: { 200: RefundView },
      },
      async handler(request, reply) {
        const { id, refund: named } = request.params;
        const { order, refund } = await getRefund(db, await getOrderId(db, id), named);
        return answerWithTag(request, reply, refundView(order, refund));
      },
    });
  };
}
