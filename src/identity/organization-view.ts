import { type Static, Type } from "typebox";
import { Email, Name } from "./account-view.ts";
import type { Invitation } from "./organization.ts";
import type { Member, Membership } from "./organization-queries.ts";

const strict = { additionalProperties: false };
const person = "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f";

const RoleName = Type.Enum(["owner", "admin", "member"], {
  description: "An admin invites and removes members; an owner also makes owners.",
  examples: ["member"],
});
const Id = (description: string) => Type.String({ description, examples: [person] });

export const OrganizationBody = Type.Object({ name: Name }, strict);
export const InvitationBody = Type.Object({ email: Email, role: RoleName }, strict);
export const MemberRoleBody = Type.Object({ role: RoleName }, strict);
export const OrganizationParams = Type.Object({ id: Id("The organization's id.") });
export const InvitationParams = Type.Object({ id: Id("The invitation's id, as its link has it.") });
export const MemberParams = Type.Object({ id: Id("The organization's id."), member_id: Id("The member's id.") });

export const OrganizationView = Type.Object(
  {
    id: Type.String({ format: "uuid" }),
    name: Type.String({ examples: ["Tanaka Trading"] }),
    role: Type.String({ description: "In which role the reader belongs to it.", examples: ["owner"] }),
  },
  { title: "Organization" },
);
export const OrganizationListView = Type.Object({ data: Type.Array(OrganizationView) }, { title: "OrganizationList" });

const MemberView = Type.Object(
  {
    id: Type.String({ format: "uuid" }),
    user_id: Type.String({ format: "uuid" }),
    name: Type.String({ examples: ["田中太郎"] }),
    email: Type.String({ examples: ["tanaka@example.co.jp"] }),
    role: Type.String({ examples: ["member"] }),
    created_at: Type.String({ format: "date-time" }),
  },
  { title: "OrganizationMember" },
);
export const MemberListView = Type.Object({ data: Type.Array(MemberView) }, { title: "OrganizationMemberList" });

export const InvitationView = Type.Object(
  {
    id: Type.String({ format: "uuid" }),
    email: Type.String({ examples: ["tanaka@example.co.jp"] }),
    role: Type.String({ examples: ["member"] }),
    expires_at: Type.String({ format: "date-time" }),
  },
  { title: "OrganizationInvitation" },
);

export function organizationView({ organizationId, name, role }: Membership): Static<typeof OrganizationView> {
  return { id: organizationId, name, role };
}

export function memberView({ memberId, userId, createdAt, ...member }: Member): Static<typeof MemberView> {
  return { id: memberId, user_id: userId, ...member, created_at: createdAt.toISOString() };
}

export function invitationView({ id, email, role, expiresAt }: Invitation): Static<typeof InvitationView> {
  return { id, email, role, expires_at: new Date(expiresAt).toISOString() };
}
