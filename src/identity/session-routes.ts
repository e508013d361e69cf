import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { answerOnce, sendAnswer } from "../http/answer-once.ts";
import { writeJson } from "../http/write-json.ts";
import {
  ChangePasswordBody,
  DoneView,
  ProfileBody,
  SessionView,
  SignInBody,
  sessionView,
  UserView,
  userView,
} from "./account-view.ts";
import { askerOf, getSession } from "./asker-of.ts";
import type { Accounts } from "./open-accounts.ts";
import { changePassword } from "./password-flow.ts";
import { renameUser } from "./rename-user.ts";
import { signIn } from "./sign-in-flow.ts";

const tags = ["Accounts"];
const config = { shopper: "reads", keyless: true } as const;

/** Signing in and out, and what users do with their own account. */
export function sessionRoutes(accounts: Accounts): FastifyPluginAsyncTypebox {
  const { sessions } = accounts;
  return async (app) => {
    app.post("/api/store/auth/sign-in", {
      config: { ...config, refuses: [401, 403] },
      schema: {
        tags,
        operationId: "signIn",
        summary: "Sign in, in a new session; what the visitor's cart held is the user's from then on",
        body: SignInBody,
        response: { 200: SessionView },
      },
      async handler(request, reply) {
        const { headers } = request;
        const entered = await signIn(accounts, { ...request.body, asker: askerOf(request), headers });
        return reply.header("set-cookie", entered.setCookies).send(sessionView(entered.session));
      },
    });

    app.post("/api/store/auth/sign-out", {
      config,
      schema: {
        tags,
        operationId: "signOut",
        summary: "End the session, if there is one",
        response: { 200: DoneView },
      },
      async handler(request, reply) {
        await sessions.end(request.headers);
        return reply.header("set-cookie", sessions.cleared).send({ status: "signed_out" });
      },
    });

    app.get("/api/store/auth/session", {
      config: { shopper: "reads" },
      schema: { tags, operationId: "getSession", summary: "Who is signed in", response: { 200: SessionView } },
      handler: async (request) => sessionView(await sessions.find(request.headers)),
    });

    app.post("/api/store/auth/change-password", {
      config: { shopper: "user", keyless: true },
      schema: {
        tags,
        operationId: "changePassword",
        summary: "Change the password; all other sessions end",
        body: ChangePasswordBody,
        response: { 200: SessionView },
      },
      async handler(request, reply) {
        const { session, token } = await getSession(accounts, request);
        const { current_password: current, password } = request.body;
        const asked = { token, email: session.email, current, password, asker: askerOf(request) };
        const renewed = await changePassword(accounts, asked);
        return reply.header("set-cookie", sessions.cookie(renewed)).send(sessionView(await sessions.get(renewed)));
      },
    });

    app.patch("/api/store/auth/profile", {
      config: { shopper: "user" },
      schema: {
        tags,
        operationId: "changeProfile",
        summary: "Change one's own name",
        body: ProfileBody,
        response: { 200: UserView },
      },
      async handler(request, reply) {
        const { session } = await getSession(accounts, request);
        const answer = await answerOnce(accounts.db, request, accounts.clock, async (tx, now) => {
          const { name } = await renameUser(tx, { userId: session.userId, name: request.body.name }, now);
          return { status: 200, body: writeJson(userView({ ...session, name })) };
        });
        return sendAnswer(reply, answer);
      },
    });
  };
}
