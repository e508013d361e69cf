import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { sendAnswer } from "../http/answer-once.ts";
import type { Tx } from "../platform/db.ts";
import { answerMember } from "./answer-member.ts";
import { membersOf } from "./list-organizations.ts";
import type { Accounts } from "./open-accounts.ts";
import { acceptInvitation, changeMemberRole, inviteMember, removeMember } from "./organization-flow.ts";
import {
  InvitationBody,
  InvitationParams,
  InvitationView,
  invitationView,
  MemberListView,
  MemberParams,
  MemberRoleBody,
  memberView,
  OrganizationParams,
  OrganizationView,
  organizationView,
} from "./organization-view.ts";

const tags = ["Accounts"];
const config = { shopper: "user" } as const;

async function membersView(tx: Tx, organizationId: string, { userId }: { userId: string }) {
  return { data: (await membersOf(tx, { userId, organizationId })).map(memberView) };
}

/** Who joins an organization, in which role, and who goes. */
export function memberRoutes(accounts: Accounts): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post("/api/store/auth/organizations/:id/invitations", {
      config,
      schema: {
        tags,
        operationId: "inviteOrganizationMember",
        summary: "Invite somebody by letter",
        params: OrganizationParams,
        body: InvitationBody,
        response: { 201: InvitationView },
      },
      handler: async (request, reply) =>
        sendAnswer(
          reply,
          await answerMember(accounts, request, 201, async (tx, member) => {
            const invited = { organizationId: request.params.id, ...request.body, member };
            return invitationView(await inviteMember(tx, accounts, invited));
          }),
        ),
    });

    app.post("/api/store/auth/invitations/:id/accept", {
      config,
      schema: {
        tags,
        operationId: "acceptInvitation",
        summary: "Join the organization that sent the invitation",
        params: InvitationParams,
        response: { 200: OrganizationView },
      },
      handler: async (request, reply) =>
        sendAnswer(
          reply,
          await answerMember(accounts, request, 200, async (tx, member) =>
            organizationView(await acceptInvitation(tx, accounts, { invitationId: request.params.id, member })),
          ),
        ),
    });

    app.patch("/api/store/auth/organizations/:id/members/:member_id", {
      config,
      schema: {
        tags,
        operationId: "changeOrganizationMember",
        summary: "Give a member another role; answers all members",
        params: MemberParams,
        body: MemberRoleBody,
        response: { 200: MemberListView },
      },
      handler: async (request, reply) =>
        sendAnswer(
          reply,
          await answerMember(accounts, request, 200, async (tx, member) => {
            const { id: organizationId, member_id: memberId } = request.params;
            await changeMemberRole(tx, accounts, { organizationId, memberId, ...request.body, member });
            return membersView(tx, organizationId, member);
          }),
        ),
    });

    app.delete("/api/store/auth/organizations/:id/members/:member_id", {
      config,
      schema: {
        tags,
        operationId: "removeOrganizationMember",
        summary: "Take somebody else out of an organization; answers those who are left",
        params: MemberParams,
        response: { 200: MemberListView },
      },
      handler: async (request, reply) =>
        sendAnswer(
          reply,
          await answerMember(accounts, request, 200, async (tx, member) => {
            const { id: organizationId, member_id: memberId } = request.params;
            await removeMember(tx, accounts, { organizationId, memberId, member });
            return membersView(tx, organizationId, member);
          }),
        ),
    });
  };
}
