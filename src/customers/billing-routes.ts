import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { answerMatched } from "../http/answer-matched.ts";
import { answerOnce, sendAnswer } from "../http/answer-once.ts";
import { answerWithTag } from "../http/match-request.ts";
import type { Shopper } from "../http/shopper.ts";
import { writeJson } from "../http/write-json.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db, Sql, Tx } from "../platform/db.ts";
import { uuidV7 } from "../platform/ids.ts";
import { chooseDefault } from "./choose-default.ts";
import { createCustomer } from "./create-customer.ts";
import { type Customer, mostCustomers } from "./customer.ts";
import { CustomerDraft, CustomerPatch, exampleDraft } from "./customer-draft.ts";
import { CustomerParams, PageQuery } from "./customer-params.ts";
import { BillingIdentityListView, BillingIdentityView, billingIdentityView } from "./customer-view.ts";
import { deleteCustomer } from "./delete-customer.ts";
import { findCustomersInReach } from "./find-customers.ts";
import { findReach, type OrganizationsOf, ownerToBill } from "./find-reach.ts";
import { getCustomer, holdCustomer, type Wanted } from "./hold-customer.ts";
import { reviseCustomer } from "./revise-customer.ts";

const tags = ["Billing"];
const created = 201;

const BillingBody = Type.Object(
  {
    ...CustomerDraft.properties,
    organization_id: Type.Optional(
      Type.Union([Type.String({ format: "uuid" }), Type.Null()], {
        description: "The organization to be billed, if it is not the shopper; its owners and admins may name it.",
        examples: [null],
      }),
    ),
  },
  { additionalProperties: false, title: "BillingIdentityDraft", examples: [exampleDraft] },
);

export interface BillingOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly organizationsOf: OrganizationsOf;
}

const path = "/api/store/customers";

/** The billing identity that a request names, in reach of whoever sent it. */
async function wantedOf(
  sql: Sql,
  request: { readonly params: { id: string }; readonly shopper: Shopper | undefined },
  { organizationsOf }: BillingOptions,
): Promise<Wanted> {
  return { customerId: request.params.id, reach: await findReach(sql, request.shopper, organizationsOf) };
}

/** What a shopper is billed by, and what the organizations are that the shopper belongs to. */
export function billingRoutes(options: BillingOptions): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(keepRoutes(options));
    await app.register(changeRoutes(options));
  };
}

function keepRoutes(options: BillingOptions): FastifyPluginAsyncTypebox {
  const { db, clock, organizationsOf } = options;
  return async (app) => {
    app.get(path, {
      config: { shopper: "reads" },
      schema: {
        tags,
        operationId: "listBillingIdentities",
        summary: "List what the shopper and the shopper's organizations are billed by, newest first",
        querystring: PageQuery,
        response: { 200: BillingIdentityListView },
      },
      async handler({ query, shopper }) {
        const reach = await findReach(db, shopper, organizationsOf);
        const { rows, nextCursor } = await findCustomersInReach(db, reach, query);
        return { data: rows.map(billingIdentityView), next_cursor: nextCursor };
      },
    });

    app.post(path, {
      config: { shopper: "writes" },
      schema: {
        tags,
        operationId: "createBillingIdentity",
        summary: "Keep what the shopper, or an organization, is billed by",
        description:
          "The first one of an owner is the default. What is sent is kept as its country writes it. One owner has " +
          `${mostCustomers} at most.`,
        body: BillingBody,
        response: { 201: BillingIdentityView },
      },
      async handler(request, reply) {
        const { organization_id: organizationId = null, ...draft } = request.body;
        const shopper = request.shopper as Shopper; // A route that writes always has one.
        const answer = await answerOnce(db, request, clock, async (tx, now) => {
          const owner = ownerToBill(shopper, await findReach(tx, shopper, organizationsOf), organizationId);
          const customer = await createCustomer(tx, { owner, draft, customerId: uuidV7(now) }, now);
          return { status: created, body: writeJson(billingIdentityView(customer)) };
        });
        return sendAnswer(reply, answer);
      },
    });

    app.get(`${path}/:id`, {
      config: { shopper: "reads" },
      schema: {
        tags,
        operationId: "getBillingIdentity",
        summary: "Read one billing identity",
        params: CustomerParams,
        response: { 200: BillingIdentityView },
      },
      async handler(request, reply) {
        const customer = await getCustomer(db, await wantedOf(db, request, options));
        return answerWithTag(request, reply, billingIdentityView(customer));
      },
    });
  };
}

function changeRoutes(options: BillingOptions): FastifyPluginAsyncTypebox {
  const { db, clock } = options;
  type Asked = Parameters<typeof wantedOf>[1] & Parameters<typeof answerMatched>[1];
  type Verb = (tx: Tx, wanted: Wanted, now: Date) => Promise<Customer>;

  const answerChange = (request: Asked, verb: Verb) =>
    answerMatched(db, request, clock, {
      seen: async (tx) => billingIdentityView(await holdCustomer(tx, await wantedOf(tx, request, options))),
      work: async (tx, now) => billingIdentityView(await verb(tx, await wantedOf(tx, request, options), now)),
    });

  return async (app) => {
    app.patch(`${path}/:id`, {
      config: { shopper: "writes" },
      schema: {
        tags,
        operationId: "reviseBillingIdentity",
        summary: "Change some of a billing identity",
        description: "What is left out stays; null takes away what may be missing. The whole must be right afterwards.",
        params: CustomerParams,
        body: CustomerPatch,
        response: { 200: BillingIdentityView },
      },
      async handler(request, reply) {
        const revise: Verb = (tx, wanted, now) => reviseCustomer(tx, { ...wanted, patch: request.body }, now);
        return sendAnswer(reply, await answerChange(request, revise));
      },
    });

    app.delete(`${path}/:id`, {
      config: { shopper: "writes" },
      schema: {
        tags,
        operationId: "deleteBillingIdentity",
        summary: "Delete a billing identity",
        description:
          "Answers what it was. If it was the default, the newest other one is it now. Orders keep what they have of it.",
        params: CustomerParams,
        response: { 200: BillingIdentityView },
      },
      handler: async (request, reply) => sendAnswer(reply, await answerChange(request, deleteCustomer)),
    });

    app.post(`${path}/:id/default`, {
      config: { shopper: "writes" },
      schema: {
        tags,
        operationId: "chooseDefaultBillingIdentity",
        summary: "Make a billing identity its owner's default",
        params: CustomerParams,
        response: { 200: BillingIdentityView },
      },
      handler: async (request, reply) => sendAnswer(reply, await answerChange(request, chooseDefault)),
    });
  };
}
