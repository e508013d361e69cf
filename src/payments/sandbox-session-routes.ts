import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { uuidV7 } from "../platform/ids.ts";
import { decideSandboxSession } from "./decide-sandbox-session.ts";
import { getSandboxSession } from "./get-sandbox-session.ts";
import type { SandboxNews } from "./news.ts";
import { isOver, sessionActions, wayBack } from "./page.ts";
import {
  paymentFiles,
  paymentPageHeaders,
  SandboxDecisionView,
  SandboxSessionView,
  sandboxSessionView,
} from "./sandbox-session-view.ts";

const path = "/api/v1/payments/sessions/:session_id";
const tags = ["Sandbox payment service"];
const longestId = 64;

const SessionParams = Type.Object({
  session_id: Type.String({ maxLength: longestId, description: "The page's id.", examples: ["cs_3q2-7w"] }),
});

const Decision = Type.Object(
  {
    action: Type.Enum([...sessionActions], {
      description: "`pay_slowly` is pending for ten seconds; `fail_challenge` is a 3-D Secure step that is not passed.",
      examples: ["pay"],
    }),
  },
  { title: "SandboxChoice", additionalProperties: false },
);

/** The sandbox's payment page, where a shopper pays, and what it does. Its id, which nobody can guess, opens it. */
export function sandboxSessionRoutes(
  db: Db,
  clock: Clock,
  news: Pick<SandboxNews, "tell" | "tellLater">,
): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(path, {
      config: { open: true, refuses: [503] },
      schema: {
        tags,
        operationId: "getSandboxSession",
        summary: "What a payment page asks to be paid",
        params: SessionParams,
        response: { 200: SandboxSessionView },
      },
      async handler({ params }) {
        const session = await getSandboxSession(db, params.session_id);
        return sandboxSessionView(session, isOver(session, clock.now()));
      },
    });

    app.post(path, {
      config: { open: true, refuses: [409] },
      schema: {
        tags,
        operationId: "decideSandboxSession",
        summary: "Pay on a payment page, or do not",
        params: SessionParams,
        body: Decision,
        response: { 200: SandboxDecisionView },
      },
      async handler({ params, body }) {
        const now = clock.now();
        const asked = { sessionId: params.session_id, action: body.action, paymentId: `pay_${uuidV7(now)}` };
        const decided = await db.transaction((tx) => decideSandboxSession(tx, asked, now));
        const { session, payment } = decided;
        if (decided.settlesAfterMs !== null) news.tellLater(payment.orderId, decided.settlesAfterMs);
        else if (decided.told && payment.status !== "pending") news.tell(payment);
        return { status: payment.status, next_url: wayBack(session, payment) };
      },
    });

    for (const { path: at, type, text } of paymentFiles) {
      app.get(at, { config: { open: true }, schema: { hide: true } }, async (_request, reply) =>
        reply.type(type).headers(paymentPageHeaders).send(text),
      );
    }
  };
}
