import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { SessionView, SetupBody, sessionView } from "./account-view.ts";
import { askerOf } from "./asker-of.ts";
import type { Accounts } from "./open-accounts.ts";
import { setUpOwner } from "./set-up-owner-flow.ts";

/** How the first owner comes in. */
export function ownerSetupRoutes(accounts: Accounts): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post("/api/store/auth/setup-owner", {
      config: { shopper: "reads", keyless: true, refuses: [409] },
      schema: {
        tags: ["Accounts"],
        operationId: "setUpOwner",
        summary: "Make the first owner's account by the link that the first start printed, once",
        body: SetupBody,
        response: { 201: SessionView },
      },
      async handler(request, reply) {
        const { headers } = request;
        const entered = await setUpOwner(accounts, { ...request.body, asker: askerOf(request), headers });
        return reply.code(201).header("set-cookie", entered.setCookies).send(sessionView(entered.session));
      },
    });
  };
}
