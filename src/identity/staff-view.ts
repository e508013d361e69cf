import { type Static, Type } from "typebox";
import { Email, Name } from "./account-view.ts";
import { staffRoles } from "./role.ts";
import type { StaffMember } from "./staff-queries.ts";

const strict = { additionalProperties: false };
const RoleName = Type.Enum([...staffRoles], {
  description: "What it may do is in docs/identity.md.",
  examples: ["support"],
});

const defaultLimit = 20;
const mostLimit = 100;
const longestCursor = 64;
export const PageQuery = Type.Object(
  {
    limit: Type.Integer({
      minimum: 1,
      maximum: mostLimit,
      default: defaultLimit,
      description: "How many at most.",
      examples: [20],
    }),
    cursor: Type.Optional(Type.String({ maxLength: longestCursor, description: "The `next_cursor` of a page." })),
  },
  { additionalProperties: false },
);

export const InviteStaffBody = Type.Object({ email: Email, name: Name, role: RoleName }, strict);
export const StaffRoleBody = Type.Object({ role: RoleName }, { ...strict, examples: [{ role: "support" }] });

export const StaffView = Type.Object(
  {
    id: Type.String({ format: "uuid" }),
    name: Type.String({ examples: ["Ann Lee"] }),
    email: Type.String({ examples: ["ann@example.com"] }),
    role: RoleName,
    status: Type.Enum(["invited", "active", "disabled"], {
      description: "`invited` until the link of the letter was used.",
      examples: ["active"],
    }),
    created_at: Type.String({ format: "date-time" }),
    disabled_at: Type.Union([Type.String({ format: "date-time" }), Type.Null()], { examples: [null] }),
  },
  { title: "StaffMember" },
);
export const StaffListView = Type.Object(
  {
    data: Type.Array(StaffView),
    next_cursor: Type.Union([Type.String(), Type.Null()], { description: "Null on the last page.", examples: [null] }),
  },
  { title: "StaffPage" },
);

export function staffView(member: StaffMember): Static<typeof StaffView> {
  const { userId, name, email, role, createdAt, disabledAt, emailVerified } = member;
  return {
    id: userId,
    name,
    email,
    role,
    status: disabledAt !== null ? "disabled" : emailVerified ? "active" : "invited",
    created_at: createdAt.toISOString(),
    disabled_at: disabledAt?.toISOString() ?? null,
  };
}
