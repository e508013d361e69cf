import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { scopeMissing } from "../http/http-errors.ts";
import { answerWithTag } from "../http/match-request.ts";
import { fullScope, hasScope } from "../http/principal.ts";
import { getOrderId } from "../orders/index.ts";
import type { Db } from "../platform/db.ts";
import { getMail, listMails } from "./list-mails.ts";
import { isAboutAccount, MailListView, MailView, mailHeadView, mailView } from "./mail-view.ts";
import { mailboxFiles, mailboxHeaders } from "./mailbox-view.ts";

const tags = ["Mails"];
const defaultLimit = 20;
const mostLimit = 100;
const longestReference = 64;
const longestAddress = 320;

const MailQuery = Type.Object(
  {
    order_id: Type.Optional(
      Type.String({
        maxLength: longestReference,
        description: "The order's UUID, its number `ORD-…`, or its id.",
        examples: ["ORD-27180435"],
      }),
    ),
    recipient: Type.Optional(
      Type.String({
        maxLength: longestAddress,
        description: "The whole address.",
        examples: ["tanaka@example.co.jp"],
      }),
    ),
    limit: Type.Integer({
      minimum: 1,
      maximum: mostLimit,
      default: defaultLimit,
      description: "How many mails at most.",
      examples: [20],
    }),
    cursor: Type.Optional(Type.String({ maxLength: longestReference, description: "The `next_cursor` of a page." })),
  },
  { additionalProperties: false },
);

/** The embedded mailbox: as JSON, and as a page for people. */
export function mailRoutes(db: Db): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get("/api/v2/mails", {
      config: { scope: "mails:read", refuses: [404] },
      schema: {
        tags,
        operationId: "listMails",
        summary: "List the mails of the embedded mailbox, newest first",
        querystring: MailQuery,
        response: { 200: MailListView },
      },
      async handler({ query }) {
        const orderId = query.order_id === undefined ? undefined : await getOrderId(db, query.order_id);
        const { mails, nextCursor } = await listMails(db, { orderId, recipient: query.recipient }, query);
        return { data: mails.map(mailHeadView), next_cursor: nextCursor };
      },
    });

    app.get("/api/v2/mails/:mail_id", {
      config: { scope: "mails:read" },
      schema: {
        tags,
        operationId: "getMail",
        summary: "Read one mail, text and HTML; one about an account needs the scope `full`",
        params: Type.Object({ mail_id: Type.String({ description: "The mail's id.", examples: ["7"] }) }),
        response: { 200: MailView },
      },
      async handler(request, reply) {
        const mail = await getMail(db, request.params.mail_id);
        if (isAboutAccount(mail) && !hasScope(request.principal, fullScope)) throw scopeMissing({ scope: fullScope });
        return answerWithTag(request, reply, mailView(mail));
      },
    });

    servePage(app as unknown as FastifyInstance);
  };
}

/** The page holds nothing: it asks the two calls above, with the key that its reader gives it. */
function servePage(app: FastifyInstance): void {
  for (const { path, type, text } of mailboxFiles) {
    app.get(path, { config: { open: true }, schema: { hide: true } as object }, (_request, reply) =>
      reply.headers(mailboxHeaders).type(type).send(text),
    );
  }
}
