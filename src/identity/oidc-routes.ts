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
const Away = (description: string) => Type.Unsafe<undefined>(Type.Any({ description }));

/** What issuers send back; they may add more, such as `iss` and `session_state`. */
const CallbackQuery = Type.Object({
  state: Type.String({ minLength: 1, maxLength: longest, examples: ["Zk3hT1c9"] }),
  code: Type.Optional(Type.String({ minLength: 1, maxLength: longest, examples: ["SplxlOBeZQQYbYS6WxSbIA"] })),
  error: Type.Optional(Type.String({ maxLength: longest, examples: ["access_denied"] })),
});

/** Signing in at an issuer: two addresses that a browser goes to. */
export function oidcRoutes(accounts: Accounts, door: IssuerDoor | undefined): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get("/api/store/auth/oidc/start", {
      config: { open: true, refuses: [404, 503] },
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
      config: { open: true, refuses: [403, 404, 503] },
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
