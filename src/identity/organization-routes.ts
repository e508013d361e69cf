import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { sendAnswer } from "../http/answer-once.ts";
import { answerMember } from "./answer-member.ts";
import { getSession } from "./asker-of.ts";
import { membersOf, organizationsOf } from "./list-organizations.ts";
import type { Accounts } from "./open-accounts.ts";
import { createOrganization, leaveOrganization } from "./organization-flow.ts";
import {
  MemberListView,
  memberView,
  OrganizationBody,
  OrganizationListView,
  OrganizationParams,
  OrganizationView,
  organizationView,
} from "./organization-view.ts";

const tags = ["Accounts"];
const config = { shopper: "user" } as const;

/** The organizations that users belong to. What is not theirs is not there. */
export function organizationRoutes(accounts: Accounts): FastifyPluginAsyncTypebox {
  const { db } = accounts;
  return async (app) => {
    app.get("/api/store/auth/organizations", {
      config,
      schema: {
        tags,
        operationId: "listOrganizations",
        summary: "The organizations that whoever is signed in belongs to",
        response: { 200: OrganizationListView },
      },
      async handler(request) {
        const { session } = await getSession(accounts, request);
        return { data: (await organizationsOf(db, session.userId)).map(organizationView) };
      },
    });

    app.post("/api/store/auth/organizations", {
      config,
      schema: {
        tags,
        operationId: "createOrganization",
        summary: "Make an organization and be its owner",
        body: OrganizationBody,
        response: { 201: OrganizationView },
      },
      handler: async (request, reply) =>
        sendAnswer(
          reply,
          await answerMember(accounts, request, 201, async (_tx, member) =>
            organizationView(await createOrganization(accounts, { name: request.body.name.trim(), member })),
          ),
        ),
    });

    app.get("/api/store/auth/organizations/:id/members", {
      config,
      schema: {
        tags,
        operationId: "listOrganizationMembers",
        summary: "Who belongs to an organization",
        params: OrganizationParams,
        response: { 200: MemberListView },
      },
      async handler(request) {
        const { session } = await getSession(accounts, request);
        const { userId } = session;
        return { data: (await membersOf(db, { userId, organizationId: request.params.id })).map(memberView) };
      },
    });

    app.post("/api/store/auth/organizations/:id/leave", {
      config,
      schema: {
        tags,
        operationId: "leaveOrganization",
        summary: "Leave an organization; answers those that are left",
        params: OrganizationParams,
        response: { 200: OrganizationListView },
      },
      handler: async (request, reply) =>
        sendAnswer(
          reply,
          await answerMember(accounts, request, 200, async (tx, member) => {
            await leaveOrganization(tx, accounts, { organizationId: request.params.id, member });
            return { data: (await organizationsOf(tx, member.userId)).map(organizationView) };
          }),
        ),
    });
  };
}
