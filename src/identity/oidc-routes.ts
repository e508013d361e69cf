import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { askerOf } from "./asker-of.ts";
import { oidcOff } from "./oidc-errors.ts";
import type { Accounts } from "./open-accounts.ts";
import { beginIssuerSignIn, callbackPath, finishIssuerSignIn, type IssuerDoor } from "./sign-in-issuer-flow.ts";

const tags = ["Accounts"];
const longest = 2048;

const StartQuery = Type.Object(
  {
    return_to: Type.Optional(
      Type.String({
        maxLength: longest,
        description: "The path to come back to; others than our own lead to `/`.",
        examples: ["/orders"],
      }),
    ),
  },
  { additionalProperties: false },
);

/** An answer without a body: `Location` says where to go. */
const Away = (description: string) => Type.Unsafe<undefined>(Type.Null({ description }));
const answers = { Location: { description: "Where to go now.", required: true, schema: { type: "string" } } };

/** What issuers send back; they may add more, such as `iss` and `session_state`. */
const CallbackQuery = Type.Object({
  state: Type.String({
    minLength: 1,
    maxLength: longest,
    description: "What the sign-in was begun with.",
    examples: ["Zk3hT1c9"],
  }),
  code: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: longest,
      description: "What the issuer gives a token for, once.",
      examples: ["SplxlOBeZQQYbYS6WxSbIA"],
    }),
  ),
  error: Type.Optional(Type.String({ maxLength: longest, description: "Why the issuer let nobody in, if so." })),
});

/** Signing in at an issuer: two addresses that a browser goes to. */
export function oidcRoutes(accounts: Accounts, door: IssuerDoor | undefined): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get("/api/store/auth/oidc/start", {
      config: { open: true, answers, refuses: [404, 503] },
      schema: {
        tags,
        operationId: "beginIssuerSignIn",
        summary: "Go to the configured issuer to sign in there",
        querystring: StartQuery,
        response: { 303: Away("To the issuer.") },
      },
      async handler(request, reply) {
        if (!door) throw oidcOff({});
        const { location, setCookie } = await beginIssuerSignIn(accounts, door, request.query.return_to);
        return reply.code(303).headers({ location, "set-cookie": setCookie }).send(undefined);
      },
    });

    app.get(callbackPath, {
      config: { open: true, answers, refuses: [403, 404, 503] },
      schema: {
        tags,
        operationId: "finishIssuerSignIn",
        summary: "Come back from the issuer, signed in",
        querystring: CallbackQuery,
        response: { 303: Away("To where the sign-in was begun.") },
      },
      async handler(request, reply) {
        if (!door) throw oidcOff({});
        const { query, headers } = request;
        const returned = { code: query.error === undefined ? query.code : undefined, state: query.state, headers };
        const entered = await finishIssuerSignIn(accounts, door, { ...returned, asker: askerOf(request) });
        return reply
          .code(303)
          .headers({ location: entered.returnTo })
          .header("set-cookie", entered.setCookies)
          .send(undefined);
      },
    });
  };
}
