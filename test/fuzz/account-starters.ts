import { between, type Dice, oneOf } from "./choose.ts";
import type { Making, Starter, Values } from "./making.ts";
import type { Person } from "./open-crowd.ts";

/** What every account of a campaign is opened with. */
export const password = "correct horse battery staple";

/** What letters brought, as the pool of all has it; each can be used once. */
export const tokens = { verification: "verification tokens", reset: "reset tokens", setup: "setup tokens" } as const;

/** Sign-ins at the issuer that were begun; each can be finished once. */
export const begun = "begun sign-ins";

export interface BegunSignIn {
  readonly by: Person;
  readonly state: string;
  readonly code: string;
}

const newEmail = (dice: Dice) => `somebody-${between(dice, 1, 1_000_000_000)}@example.com`;

function token({ dice, all }: Making, kind: string): Values {
  const known = all.named(kind);
  return { token: known.length > 0 ? oneOf(dice, known) : "none" };
}

interface SeenOrganization {
  readonly id: string;
}

interface SeenMember {
  readonly id: string;
  readonly email: string;
}

/** The last list of the organizations of whoever asks. */
function ownOrganization({ dice, pools }: Making): Values {
  const lists = pools.answersOf("listOrganizations") as unknown as { data: SeenOrganization[] }[];
  const made = pools.answersOf("createOrganization") as unknown as SeenOrganization[];
  const known = [...(lists.at(-1)?.data ?? []), ...made];
  return { "{id}": known.length > 0 ? oneOf(dice, known).id : "none" };
}

interface SeenMembers {
  readonly id: string;
  readonly members: readonly SeenMember[];
}

/** The organizations that somebody is in from the beginning: some lose their members, the last one keeps them. */
function organizationsFrom({ pools }: Making, part: "losing" | "kept"): SeenMembers[] {
  const known = pools.named("members") as SeenMembers[];
  return part === "kept" ? known.slice(-1) : known.slice(0, -1);
}

/** Somebody else who belongs to one of them. */
function member(making: Making, part: "losing" | "kept"): Values {
  const { dice, person } = making;
  const lists = organizationsFrom(making, part);
  const others = lists.flatMap(({ id, members }) =>
    members.filter(({ email }) => email !== person?.email).map((one) => ({ "{id}": id, "{member_id}": one.id })),
  );
  return others.length > 0 ? oneOf(dice, others) : { "{member_id}": "none" };
}

function lost(making: Making): Values {
  const known = organizationsFrom(making, "losing");
  return { "{id}": known.length > 0 ? oneOf(making.dice, known).id : "none" };
}

/** An invitation to whoever asks. */
function invitation({ dice, all, person }: Making): Values {
  const sent = all.answersOf("inviteOrganizationMember") as unknown as { id: string; email: string }[];
  const own = sent.filter(({ email }) => email === person?.email);
  return { "{id}": own.length > 0 ? oneOf(dice, own).id : "none" };
}

function invited(making: Making): Values {
  const { dice, crowd } = making;
  const friends = crowd?.users.map(({ email }) => email) ?? [];
  return { ...ownOrganization(making), email: oneOf(dice, [newEmail(dice), ...friends]) };
}

function issuerBrought({ dice, all }: Making): Values {
  const waiting = all.named(begun) as BegunSignIn[];
  if (waiting.length === 0) return {};
  const { by, state, code } = oneOf(dice, waiting);
  return { by, "{state}": state, "{code}": code };
}

const staff: Starter = ({ dice, all }) => {
  const seen = all.seen("staff");
  return { "{id}": seen.length > 0 ? oneOf(dice, seen).id : "none" };
};

/** By operation: accounts, organizations, staff and API keys. */
export const accountStarters: Readonly<Record<string, Starter>> = {
  signUp: ({ dice }) => ({ email: newEmail(dice), password }),
  verifyEmail: (making) => token(making, tokens.verification),
  requestPasswordReset: ({ dice }) => ({ email: newEmail(dice) }),
  resetPassword: (making) => ({ ...token(making, tokens.reset), password }),
  // Whoever sets up is the owner from then on, and may do everything.
  setUpOwner: (making) => ({ ...token(making, tokens.setup), email: newEmail(making.dice), password, by: "nobody" }),
  signIn: ({ dice, crowd }) => {
    const known = crowd?.users.map(({ email }) => email) ?? [];
    return { by: "nobody", email: known.length > 0 ? oneOf(dice, known) : newEmail(dice), password };
  },
  // Whoever left could do nothing more.
  signOut: () => ({ by: "nobody" }),
  changePassword: () => ({ current_password: password, password }),
  finishIssuerSignIn: issuerBrought,
  listOrganizationMembers: ownOrganization,
  leaveOrganization: lost,
  inviteOrganizationMember: invited,
  acceptInvitation: invitation,
  changeOrganizationMember: (making) => ({ ...member(making, "kept"), role: oneOf(making.dice, ["owner", "admin"]) }),
  removeOrganizationMember: (making) => member(making, "losing"),
  inviteStaffMember: ({ dice }) => ({ email: newEmail(dice) }),
  getStaffMember: staff,
  changeStaffRole: staff,
  disableStaffMember: staff,
  enableStaffMember: staff,
  createApiKey: () => ({ scopes: ["orders:read"] }),
  // Never the one that the campaign asks with.
  revokeApiKey: ({ dice, all }) => {
    const made = all.answersOf("createApiKey");
    return { "{id}": made.length > 0 ? oneOf(dice, made).id : "none" };
  },
};
