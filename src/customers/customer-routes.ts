import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { doerOf, recordAction } from "../audit/index.ts";
import { answerMatched } from "../http/answer-matched.ts";
import { answerOnce, sendAnswer } from "../http/answer-once.ts";
import { answerWithTag } from "../http/match-request.ts";
import { writeJson } from "../http/write-json.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import { uuidV7 } from "../platform/ids.ts";
import { chooseDefault } from "./choose-default.ts";
import { createCustomer } from "./create-customer.ts";
import type { Customer } from "./customer.ts";
import { CustomerDraft, CustomerPatch, exampleDraft, longestEmail } from "./customer-draft.ts";
import { CustomerParams, pageMembers } from "./customer-params.ts";
import { CustomerListView, CustomerView, customerView } from "./customer-view.ts";
import { deleteCustomer } from "./delete-customer.ts";
import { findCustomers } from "./find-customers.ts";
import { getCustomer, holdCustomer, type Wanted } from "./hold-customer.ts";
import { reviseCustomer } from "./revise-customer.ts";

const tags = ["Customers"];
const created = 201;
const path = "/api/v2/customers";
const longestOwner = 100; // A kind and a UUID, or a hash of 43 characters.
const exampleOwner = "user/019ab3c0-7a01-7d55-8c2e-0b1a2c3d4e5f";

const CustomerQuery = Type.Object(
  {
    owner: Type.Optional(
      Type.String({
        maxLength: longestOwner,
        description: "Whose they are: `user/…`, `organization/…` or `anonymous/…`.",
        examples: [exampleOwner],
      }),
    ),
    email: Type.Optional(
      Type.String({ maxLength: longestEmail, description: "The whole address.", examples: ["erika@example.com"] }),
    ),
    country: Type.Optional(
      Type.String({ pattern: "^[A-Z]{2}$", description: "ISO 3166-1 alpha-2.", examples: ["DE"] }),
    ),
    ...pageMembers,
  },
  { additionalProperties: false },
);

const CustomerBody = Type.Object(
  {
    owner: Type.String({
      pattern: "^(user|organization)/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
      description: "Whose it is to be. Shoppers without an account make theirs themselves.",
      examples: [exampleOwner],
    }),
    ...CustomerDraft.properties,
  },
  { additionalProperties: false, title: "OwnedCustomerDraft", examples: [{ owner: exampleOwner, ...exampleDraft }] },
);

interface CustomerOptions {
  readonly db: Db;
  readonly clock: Clock;
}

type Request = Parameters<typeof doerOf>[0];

/** Keeps who changed what; what it says of its owner is nobody's matter but the owner's. */
function record(tx: Tx, request: Request, change: { action: string; customer: Customer }, now: Date): Promise<void> {
  const { customerId, owner } = change.customer;
  const entry = { by: doerOf(request), action: change.action, subject: `customer/${customerId}`, detail: { owner } };
  return recordAction(tx, entry, now);
}

function wantedOf({ id }: { id: string }): Wanted {
  return { customerId: id, reach: "everybody" };
}

/** Everybody's billing identities, for those who work here. Each change says who made it. */
export function customerRoutes(options: CustomerOptions): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(keepRoutes(options));
    await app.register(changeRoutes(options));
  };
}

function keepRoutes({ db, clock }: CustomerOptions): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(path, {
      config: { scope: "customers:read" },
      schema: {
        tags,
        operationId: "listCustomers",
        summary: "List everybody's billing identities, newest first",
        querystring: CustomerQuery,
        response: { 200: CustomerListView },
      },
      async handler({ query }) {
        const { rows, nextCursor } = await findCustomers(db, query, query);
        return { data: rows.map(customerView), next_cursor: nextCursor };
      },
    });

    app.post(path, {
      config: { scope: "customers:write" },
      schema: {
        tags,
        operationId: "createCustomer",
        summary: "Keep a billing identity for a user or an organization",
        body: CustomerBody,
        response: { 201: CustomerView },
      },
      async handler(request, reply) {
        const { owner, ...draft } = request.body;
        const answer = await answerOnce(db, request, clock, async (tx, now) => {
          const customer = await createCustomer(tx, { owner, draft, customerId: uuidV7(now) }, now);
          await record(tx, request, { action: "customer.created", customer }, now);
          return { status: created, body: writeJson(customerView(customer)) };
        });
        return sendAnswer(reply, answer);
      },
    });

    app.get(`${path}/:id`, {
      config: { scope: "customers:read" },
      schema: {
        tags,
        operationId: "getCustomer",
        summary: "Read one billing identity",
        params: CustomerParams,
        response: { 200: CustomerView },
      },
      async handler(request, reply) {
        return answerWithTag(request, reply, customerView(await getCustomer(db, wantedOf(request.params))));
      },
    });
  };
}

function changeRoutes({ db, clock }: CustomerOptions): FastifyPluginAsyncTypebox {
  type Asked = Parameters<typeof answerMatched>[1] & { readonly params: { id: string } };
  type Verb = (tx: Tx, wanted: Wanted, now: Date) => Promise<Customer>;

  const answerChange = (request: Asked, action: string, verb: Verb) => {
    const wanted = wantedOf(request.params);
    return answerMatched(db, request, clock, {
      seen: async (tx) => customerView(await holdCustomer(tx, wanted)),
      async work(tx, now) {
        const customer = await verb(tx, wanted, now);
        await record(tx, request, { action, customer }, now);
        return customerView(customer);
      },
    });
  };

  return async (app) => {
    app.patch(`${path}/:id`, {
      config: { scope: "customers:write" },
      schema: {
        tags,
        operationId: "reviseCustomer",
        summary: "Change some of a billing identity",
        description: "What is left out stays; null takes away what may be missing. The whole must be right afterwards.",
        params: CustomerParams,
        body: CustomerPatch,
        response: { 200: CustomerView },
      },
      async handler(request, reply) {
        const revise: Verb = (tx, wanted, now) => reviseCustomer(tx, { ...wanted, patch: request.body }, now);
        return sendAnswer(reply, await answerChange(request, "customer.revised", revise));
      },
    });

    app.delete(`${path}/:id`, {
      config: { scope: "customers:write" },
      schema: {
        tags,
        operationId: "deleteCustomer",
        summary: "Delete a billing identity",
        description:
          "Answers what it was. If it was the default, the newest other one is it now. Orders keep what they have of it.",
        params: CustomerParams,
        response: { 200: CustomerView },
      },
      handler: async (request, reply) =>
        sendAnswer(reply, await answerChange(request, "customer.deleted", deleteCustomer)),
    });

    app.post(`${path}/:id/default`, {
      config: { scope: "customers:write" },
      schema: {
        tags,
        operationId: "chooseDefaultCustomer",
        summary: "Make a billing identity its owner's default",
        params: CustomerParams,
        response: { 200: CustomerView },
      },
      handler: async (request, reply) =>
        sendAnswer(reply, await answerChange(request, "customer.made_default", chooseDefault)),
    });
  };
}
