import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { DoneView, EmailBody, ResetBody, SignUpBody, TokenBody } from "./account-view.ts";
import { askerOf } from "./asker-of.ts";
import type { Accounts } from "./open-accounts.ts";
import { requestReset, resetPassword } from "./password-flow.ts";
import { signUp, verifyEmail } from "./sign-up-flow.ts";

const tags = ["Accounts"];
const config = { shopper: "reads", keyless: true } as const;

/** From the first word to an account that can be used: nothing here tells whether an address is known. */
export function accountRoutes(accounts: Accounts): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post("/api/store/auth/sign-up", {
      config,
      schema: {
        tags,
        operationId: "signUp",
        summary: "Make an account, which the link of a letter opens",
        body: SignUpBody,
        response: { 202: DoneView },
      },
      async handler(request, reply) {
        await signUp(accounts, { ...request.body, asker: askerOf(request) });
        return reply.code(202).send({ status: "letter_sent" });
      },
    });

    app.post("/api/store/auth/verify-email", {
      config,
      schema: {
        tags,
        operationId: "verifyEmail",
        summary: "Prove an address by what its letter brought",
        body: TokenBody,
        response: { 200: DoneView },
      },
      async handler(request) {
        await verifyEmail(accounts, { ...request.body, asker: askerOf(request) });
        return { status: "verified" };
      },
    });

    app.post("/api/store/auth/request-password-reset", {
      config,
      schema: {
        tags,
        operationId: "requestPasswordReset",
        summary: "Have a letter sent that resets the password",
        body: EmailBody,
        response: { 202: DoneView },
      },
      async handler(request, reply) {
        await requestReset(accounts, { ...request.body, asker: askerOf(request) });
        return reply.code(202).send({ status: "letter_sent" });
      },
    });

    app.post("/api/store/auth/reset-password", {
      config,
      schema: {
        tags,
        operationId: "resetPassword",
        summary: "Set another password by what the letter brought, and end all sessions",
        body: ResetBody,
        response: { 200: DoneView },
      },
      async handler(request) {
        await resetPassword(accounts, { ...request.body, asker: askerOf(request) });
        return { status: "password_set" };
      },
    });
  };
}
