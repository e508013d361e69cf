import { randomUUID } from "node:crypto";
import { anonymousCookie, anonymousOwner, anonymousTokenBytes, writeAnonymous } from "../../src/identity/anonymous.ts";
import { createApiKey } from "../../src/identity/index.ts";
import type { Scope } from "../../src/identity/scope.ts";
import { sessionCookie, writeSession } from "../../src/identity/session.ts";
import { randomToken } from "../../src/platform/ids.ts";
import type { Role } from "./access-table.ts";
import { ask } from "./ask.ts";
import type { ServingProcess, Site } from "./serve.ts";

export const authSecret = "a secret of these tests, long enough for anybody";

type Ground = Pick<Site, "db">;
type Headers = Readonly<Record<string, string>>;

/** Whose things there are. */
export type Whose = "visitor" | "user" | "organization";

/** Somebody who asks, and what they count for. Of whom nothing but name and headers is said, that one is nobody. */
export interface Principal {
  readonly name: string;
  readonly headers: Headers;
  /** The scope of an API key. */
  readonly scope?: string;
  /** The role of somebody who works here. */
  readonly role?: Role;
  /** The owner of what they put into a cart. */
  readonly owner?: string;
  /** Signed in, in the shop. */
  readonly userId?: string;
  /** As which one they have to do with somebody's things. */
  readonly reach?: { readonly whose: Whose; readonly as: "owner" | "admin" | "member" | "invited" };
}

function withCookie(name: string, value: string): Headers {
  return { cookie: `${name}=${value}` };
}

export interface Account {
  readonly userId: string;
  readonly email: string;
}

/** A user whose address is proved. */
export async function givenAccount({ db }: Ground, name: string): Promise<Account> {
  const userId = randomUUID();
  const email = `${name.replaceAll(/\W+/g, "-")}@example.com`;
  await ask(
    db,
    `insert into identity.users (id, name, email, email_verified, created_at, updated_at)
     values ($1::uuid, $2, $3, true, now(), now())`,
    [userId, name, email],
  );
  return { userId, email };
}

/** Lets a user work here. */
export async function givenRole({ db }: Ground, { userId }: Account, role: Role): Promise<void> {
  await ask(
    db,
    "insert into identity.staff (user_id, role, created_at, updated_at) values ($1::uuid, $2, now(), now())",
    [userId, role],
  );
}

async function givenSession({ db }: Ground, { userId }: Account, endsIn: string): Promise<Headers> {
  const token = randomToken(24);
  await ask(
    db,
    `insert into identity.sessions (id, user_id, token, expires_at, created_at, updated_at)
     values ($1::uuid, $2::uuid, $3, now() + $4::interval, now(), now())`,
    [randomUUID(), userId, token, endsIn],
  );
  return withCookie(sessionCookie, writeSession(token, authSecret));
}

/** Somebody who has an account and is signed in, and works here if there is a role. */
async function signedIn(
  ground: Ground,
  name: string,
  more: Pick<Principal, "role" | "reach"> = {},
): Promise<Principal> {
  const account = await givenAccount(ground, name);
  const { userId } = account;
  if (more.role) await givenRole(ground, account, more.role);
  return { name, userId, owner: `user/${userId}`, headers: await givenSession(ground, account, "1 hour"), ...more };
}

function visitor(name: string, more: Pick<Principal, "reach"> = {}): Principal {
  const token = randomToken(anonymousTokenBytes);
  const headers = withCookie(anonymousCookie, writeAnonymous(token, authSecret));
  return { name, owner: anonymousOwner(token), headers, ...more };
}

async function key({ db }: Ground, scope: string, name = `key for ${scope}`): Promise<Principal> {
  const by = { actor: "test", name: "test", requestId: null };
  const made = await db.transaction((tx) => createApiKey(tx, { name, scopes: [scope as Scope], by }, new Date()));
  return { name, scope, headers: { authorization: `Bearer ${made.secret}` } };
}

/** Those who were somebody, and are nobody any more since somebody asked for it. */
async function former(ground: Ground, { address, apiKey }: ServingProcess): Promise<Principal[]> {
  const send = async (method: string, path: string, headers: Headers) => {
    const { status } = await fetch(`${address}${path}`, { method, headers });
    if (status >= 300) throw new Error(`${method} ${path}: ${status}`);
  };
  const backOffice = { authorization: `Bearer ${apiKey}` };

  const revoked = await key(ground, "full", "revoked key");
  const [prefix] = /(?<=ow_)[0-9a-f]+/.exec(revoked.headers.authorization ?? "") ?? [];
  await send("POST", `/api/v2/api-keys/${prefix}/revoke`, backOffice);

  const ended = await signedIn(ground, "ended session");
  await send("POST", "/api/store/auth/sign-out", ended.headers);

  const disabled = await signedIn(ground, "disabled manager", { role: "manager" });
  await send("POST", `/api/v2/staff/${disabled.userId}/disable`, backOffice);

  const merged = visitor("visitor who signed in");
  const user = await signedIn(ground, "user who was a visitor");
  await send("GET", "/api/store/cart", { cookie: `${merged.headers.cookie}; ${user.headers.cookie}` });
  return [revoked, ended, disabled, merged].map(({ name, headers }) => ({ name, headers }));
}

/** Changes the last letter of a signature in a bit that counts. */
function forge(signed: string): string {
  return `${signed.slice(0, -1)}${signed.endsWith("A") ? "E" : "A"}`;
}

/** Cookies that look like somebody's and are nobody's. */
async function forged(ground: Ground, someVisitor: Principal, someUser: Principal): Promise<Principal[]> {
  const signedValue = ({ headers }: Principal) => (headers.cookie ?? "").split("=").slice(1).join("=");
  const [visitors, users] = [signedValue(someVisitor), signedValue(someUser)];
  const over = await givenSession(ground, await givenAccount(ground, "expired session"), "-1 second");
  return [
    { name: "forged visitor", headers: withCookie(anonymousCookie, forge(visitors)) },
    { name: "forged session", headers: withCookie(sessionCookie, forge(users)) },
    { name: "visitor's token as a session", headers: withCookie(sessionCookie, visitors) },
    { name: "session as a visitor's token", headers: withCookie(anonymousCookie, users) },
    { name: "expired session", headers: over },
  ];
}

/** Works here no more, and is signed in all the same. */
async function disabledShopper(ground: Ground): Promise<Principal> {
  const { role: _, ...shopper } = await signedIn(ground, "disabled who is signed in", { role: "manager" });
  await ask(ground.db, "update identity.staff set disabled_at = now() where user_id = $1::uuid", [
    shopper.userId ?? "",
  ]);
  return shopper;
}

/** Whoever brings a key is known by it, or not at all; the shop looks at cookies alone. */
async function withBadKey(ground: Ground, revoked: Principal | undefined): Promise<Principal> {
  const { role: _, ...owner } = await signedIn(ground, "owner with a revoked key", { role: "owner" });
  return { ...owner, headers: { ...owner.headers, ...revoked?.headers } };
}

export interface Wanted {
  readonly scopes: readonly string[];
  readonly roles: readonly Role[];
}

/** Everybody who asks: shoppers, users, members, those who work here, keys, and those who are none of it any more. */
export async function givenPrincipals(
  ground: Ground,
  server: ServingProcess,
  { scopes, roles }: Wanted,
): Promise<Principal[]> {
  const someVisitor = visitor("visitor", { reach: { whose: "visitor", as: "owner" } });
  const someUser = await signedIn(ground, "user", { reach: { whose: "user", as: "owner" } });
  const belonging = (["owner", "admin", "member", "invited"] as const).map((as) =>
    signedIn(ground, `organization's ${as}`, { reach: { whose: "organization", as } }),
  );
  const gone = await former(ground, server);
  return [
    { name: "nobody", headers: {} },
    someVisitor,
    visitor("another visitor"),
    someUser,
    await signedIn(ground, "another user"),
    ...(await Promise.all(belonging)),
    await signedIn(ground, "another organization's owner"),
    ...(await Promise.all(roles.map((role) => signedIn(ground, `staff ${role}`, { role })))),
    await disabledShopper(ground),
    ...(await Promise.all([...scopes, "full"].map((scope) => key(ground, scope)))),
    ...gone,
    await withBadKey(ground, gone[0]),
    ...(await forged(ground, someVisitor, someUser)),
  ];
}
