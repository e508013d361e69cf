import { randomUUID } from "node:crypto";
import { offerSetup } from "../../src/identity/offer-setup.ts";
import { eventually } from "./eventually.ts";
import { type GivenUser, givenUser, signIn, tokenFrom } from "./given-user.ts";
import type { Ids } from "./run-example.ts";
import type { Stage, Start } from "./stage.ts";
import { openStoreClient, type StoreClient } from "./store-client.ts";

const auth = "/api/store/auth";
const newEmail = () => `somebody-${randomUUID()}@example.com`;

/** Somebody with an account, signed in with this browser. */
async function enter(client: StoreClient, { site, server }: Stage): Promise<GivenUser> {
  const user = await givenUser(site.db, server);
  await signIn(client, user);
  return user;
}

async function organizationIds(client: StoreClient, stage: Stage): Promise<Ids> {
  await enter(client, stage);
  const { id } = await client.ask<{ id: string }>("POST", `${auth}/organizations`, { name: "Tanaka Trading" });
  return { id };
}

/** An invitation of whoever uses this browser to an organization of somebody else. */
async function invitationIds(client: StoreClient, stage: Stage): Promise<Ids & { readonly organization: string }> {
  const { email } = await enter(client, stage);
  const owner = openStoreClient(stage.server);
  const { id: organization = "" } = await organizationIds(owner, stage);
  const body = { email, role: "owner" };
  const invited = await owner.ask<{ id: string }>("POST", `${auth}/organizations/${organization}/invitations`, body);
  return { id: invited.id, organization: String(organization) };
}

/** An organization of two owners, and the one of them who does not use this browser. */
async function memberIds(client: StoreClient, stage: Stage): Promise<Ids> {
  const { id, organization } = await invitationIds(client, stage);
  await client.ask("POST", `${auth}/invitations/${id}/accept`);
  const path = `${auth}/organizations/${organization}/members`;
  const { data } = await client.ask<{ data: { id: string }[] }>("GET", path);
  return { id: organization, member_id: data[0]?.id ?? "" };
}

async function signedUp(client: StoreClient, { site }: Stage): Promise<Ids> {
  const email = newEmail();
  await client.ask("POST", `${auth}/sign-up`, { name: "Ann", email, password: "correct horse battery staple" });
  return { email, token: await tokenFrom(site.db, email) };
}

/** What opens a new password: the letter after the one that proved the address. */
async function forgotten(client: StoreClient, { site, server }: Stage): Promise<Ids> {
  const { email } = await givenUser(site.db, server);
  const before = await tokenFrom(site.db, email);
  await client.ask("POST", `${auth}/request-password-reset`, { email });
  return { token: await tokenFrom(site.db, email, before) };
}

/** Begins in this browser to sign in at the issuer, and answers what it is sent back with. */
export async function issuerIds(
  client: StoreClient,
  { issuer }: Pick<Stage, "issuer">,
): Promise<{ state: string; code: string }> {
  let location = "";
  // The issuer's own pages are fetched first, which may take longer than is waited for.
  await eventually("the issuer is reached", async () => {
    location = (await client.send("GET", `${auth}/oidc/start`)).headers.get("location") ?? "";
    return location !== "";
  });
  const claims = { sub: randomUUID(), email: newEmail(), email_verified: true, name: "Ann" };
  const { searchParams } = issuer.authorize(location, claims);
  return { state: searchParams.get("state") ?? "", code: searchParams.get("code") ?? "" };
}

async function made(stage: Stage, path: string, body: object): Promise<Ids> {
  const answer = await stage.server.send("POST", path, { body });
  return { id: (JSON.parse(answer.text) as { id: string }).id };
}

const staffIds: Start = (_, stage) => made(stage, "/api/v2/staff", { name: "Ann", email: newEmail(), role: "support" });
const withNewEmail: Start = async () => ({ email: newEmail() });

async function signedIn(client: StoreClient, stage: Stage): Promise<Ids> {
  const { password } = await enter(client, stage);
  return { current_password: password };
}

/** What is there before an operation on accounts, organizations, staff and keys, by its id. */
export const accountStarts: Readonly<Record<string, Start>> = {
  signUp: withNewEmail,
  verifyEmail: signedUp,
  requestPasswordReset: withNewEmail,
  resetPassword: forgotten,
  async signIn(_, { site, server }) {
    const { email, password } = await givenUser(site.db, server);
    return { email, password };
  },
  signOut: signedIn,
  getSession: signedIn,
  changePassword: signedIn,
  changeProfile: signedIn,
  async setUpOwner(_, { site }) {
    const token = await site.db.transaction((tx) => offerSetup(tx, new Date()));
    return { token: token ?? "", email: newEmail() };
  },
  beginIssuerSignIn: async () => ({}),
  finishIssuerSignIn: issuerIds,
  listOrganizations: signedIn,
  createOrganization: signedIn,
  listOrganizationMembers: organizationIds,
  leaveOrganization: memberIds,
  inviteOrganizationMember: async (client, stage) => ({ ...(await organizationIds(client, stage)), email: newEmail() }),
  acceptInvitation: invitationIds,
  changeOrganizationMember: memberIds,
  removeOrganizationMember: memberIds,
  inviteStaffMember: withNewEmail,
  getStaffMember: staffIds,
  changeStaffRole: staffIds,
  disableStaffMember: staffIds,
  async enableStaffMember(client, stage) {
    const ids = await staffIds(client, stage);
    await stage.server.send("POST", `/api/v2/staff/${ids.id}/disable`);
    return ids;
  },
  revokeApiKey: (_, stage) => made(stage, "/api/v2/api-keys", { name: "Made up", scopes: ["orders:read"] }),
};
