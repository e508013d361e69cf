import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { answerOnce, sendAnswer } from "../http/answer-once.ts";
import { writeJson } from "../http/write-json.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { askForLetter } from "./ask-for-letter.ts";

const longestAddress = 320; // Source: RFC 3696, errata 1690, rounded up to what older systems allow.

const LetterRequest = Type.Object(
  {
    template: Type.Enum(["ORDER_CONFIRMATION", "ORDER_SHIPPED", "ORDER_CANCELLED"]),
    to: Type.String({ minLength: 1, maxLength: longestAddress }),
    order_id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  },
  {
    title: "LetterRequest",
    examples: [{ template: "ORDER_CONFIRMATION", to: "tanaka@example.co.jp", order_id: 42 }],
  },
);

const LetterQueued = Type.Object(
  {
    order_id: Type.Integer({ examples: [42] }),
    template: Type.String({ examples: ["ORDER_CONFIRMATION"] }),
    status: Type.String({ examples: ["queued"] }),
  },
  { title: "LetterQueued" },
);

/** The embedded notification service: the call that DD-ORDER-001 names, for our own orders. */
export function notificationRoutes(db: Db, clock: Clock): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post("/api/v1/notifications/email", {
      config: { scope: "mails:write", refuses: [404] },
      schema: {
        tags: ["Notifications"],
        operationId: "sendEmail",
        summary: "Have a customer told about an order, once for each template",
        body: LetterRequest,
        response: { 202: LetterQueued },
      },
      async handler(request, reply) {
        const { template, to, order_id } = request.body;
        const answer = await answerOnce(db, request, clock, async (tx) => {
          await askForLetter(tx, { template, to, orderId: BigInt(order_id) });
          return { status: 202, body: writeJson({ order_id, template, status: "queued" }) };
        });
        return sendAnswer(reply, answer);
      },
    });
  };
}
