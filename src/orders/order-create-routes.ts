import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { sendAnswer } from "../http/answer-once.ts";
import { tagOfText } from "../http/entity-tag.ts";
import { keyOf } from "../http/idempotency.ts";
import { createOrder } from "./create-order-flow.ts";
import { OrderDraft } from "./order-draft.ts";
import { exampleDraft, hourMs, placingOptions } from "./order-placing-options.ts";
import { OrderView } from "./order-view.ts";
import type { Counter, PaymentDesk } from "./payment-desk-flow.ts";
import { draftedOrder } from "./read-batch-member.ts";

const NewOrderBody = Type.Object(
  { ...OrderDraft.properties, ...placingOptions },
  { additionalProperties: false, title: "NewOrder", examples: [{ ...exampleDraft, payment: "charge" }] },
);

const description = `Answers 201 with the order whatever came of its payment: it is \`paid\`, \`pending\` when it was declined or
is not to be charged, or \`payment_processing\` while nobody knows.

When the source's \`external_reference\` has an order already, the answer is 200 with that order as it stands; nothing of
it is changed, whatever else the request says. So a request may be sent again without an \`Idempotency-Key\` too.`;

const etag = { description: "The order's tag, for `If-Match`.", required: true, schema: { type: "string" } };

/** Takes in one order of v2. */
export function orderCreateRoutes(counter: Counter, desk: PaymentDesk): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post("/api/v2/orders", {
      config: { scope: "orders:write", answers: { ETag: etag } },
      schema: {
        tags: ["Orders"],
        operationId: "createOrder",
        summary: "Place an order",
        description,
        // A batch has its options in the query. One here that went unheard would charge who is not to be charged.
        querystring: Type.Object({}, { additionalProperties: false }),
        body: NewOrderBody,
        response: { 200: OrderView, 201: OrderView },
      },
      async handler(request, reply) {
        const { payment, notify, pay_within_hours: hours, source, ...draft } = request.body;
        const answer = await createOrder(counter, desk, {
          drafted: draftedOrder(draft, payment),
          source: source ?? request.principal.name,
          payment,
          notify,
          payWithinMs: hours === undefined ? undefined : hours * hourMs,
          by: { actor: request.principal.id, cause: `request ${request.id}` },
          key: keyOf(request),
        });
        reply.header("etag", tagOfText(answer.body));
        return sendAnswer(reply, answer);
      },
    });
  };
}
