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

/** Whose things there are. */
export type Whose = "visitor" | "user" | "organization";

/** Somebody who asks, and what they count for. */
export interface Principal {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The scope of an API key. */
  readonly scope?: string;
  /** The role of somebody who works here. */
  readonly role?: Role;
  /** The owner of what they put into a cart; nobody's without it. */
  readonly owner?: string;
  /** Signed in, in the shop. */
  readonly userId?: string;
  /** As which one they have to do with somebody's things. */
  readonly reach?: { readonly whose: Whose; readonly as: "owner" | "admin" | "member" | "invited" };
}

type Cookies = Readonly<Record<string, string>>;

function cookieHeader(cookies: Cookies): { cookie: string } {
  return {
    cookie: Object.entries(cookies)
      .map(([name, value]) => `${name}=${value}`)
      .join("; "),
  };
}

/** Changes the last letter of a signature to another one that fits there. */
export function forge(signed: string): string {
  const last = signed.at(-1) === "A" ? "E" : "A";
  return `${signed.slice(0, -1)}${last}`;
}

export interface Account {
  readonly userId: string;
  readonly email: string;
}

/** A user whose address is proved. */
export async function givenAccount({ db }: Pick<Site, "db">, name: string): Promise<Account> {
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

/** A session of a user, as its cookie. */
export async function givenSession({ db }: Pick<Site, "db">, { userId }: Account, endsIn = "1 hour"): Promise<Cookies> {
  const token = randomToken(24);
  await ask(
    db,
    `insert into identity.sessions (id, user_id, token, expires_at, created_at, updated_at)
     values ($1::uuid, $2::uuid, $3, now() + $4::interval, now(), now())`,
    [randomUUID(), userId, token, endsIn],
  );
  return { [sessionCookie]: writeSession(token, authSecret) };
}

/** Somebody who has an account and is signed in. */
async function signedIn(site: Site, name: string, more: Partial<Principal> = {}): Promise<Principal> {
  const account = await givenAccount(site, name);
  const { userId } = account;
  return { name, userId, owner: `user/${userId}`, headers: cookieHeader(await givenSession(site, account)), ...more };
}

function visitor(name: string, more: Partial<Principal> = {}): Principal {
  const token = randomToken(anonymousTokenBytes);
  const headers = cookieHeader({ [anonymousCookie]: writeAnonymous(token, authSecret) });
  return { name, owner: anonymousOwner(token), headers, ...more };
}

async function staff(site: Site, role: Role, name: string = role): Promise<Principal> {
  const somebody = await signedIn(site, `staff ${name}`, { role });
  await ask(
    site.db,
    `insert into identity.staff (user_id, role, created_at, updated_at) values ($1::uuid, $2, now(), now())`,
    [somebody.userId ?? "", role],
  );
  return somebody;
}

async function key(site: Site, scope: string, name = `key for ${scope}`): Promise<Principal> {
  const by = { actor: "test", name: "test", requestId: null };
  const made = await site.db.transaction((tx) => createApiKey(tx, { name, scopes: [scope as Scope], by }, new Date()));
  return { name, scope, headers: { authorization: `Bearer ${made.secret}` } };
}

/** Whoever had something once, and is nobody now; made as it comes about. */
async function former(site: Site, server: ServingProcess): Promise<Principal[]> {
  const send = (method: string, path: string, { headers }: Pick<Principal, "headers">) =>
    fetch(`${server.address}${path}`, { method, headers: { ...headers } }).then(({ status }) => {
      if (status >= 300) throw new Error(`${method} ${path}: ${status}`);
    });
  const gone = ({ name, headers }: Principal): Principal => ({ name, headers });
  const back = { headers: { authorization: `Bearer ${server.apiKey}` } };

  const revoked = await key(site, "full", "revoked key");
  const [prefix = ""] = /(?<=ow_)[0-9a-f]+/.exec(revoked.headers.authorization ?? "") ?? [];
  await send("POST", `/api/v2/api-keys/${prefix}/revoke`, back);

  const ended = await signedIn(site, "ended session");
  await send("POST", "/api/store/auth/sign-out", ended);

  const disabled = await staff(site, "manager", "disabled");
  await send("POST", `/api/v2/staff/${disabled.userId}/disable`, back);

  const merged = visitor("visitor who signed in");
  const user = await signedIn(site, "user who was a visitor");
  await send("GET", "/api/store/cart", { headers: { cookie: `${merged.headers.cookie}; ${user.headers.cookie}` } });
  return [gone(revoked), gone(ended), gone(disabled), gone(merged)];
}

/** Cookies that look like somebody's and are nobody's. */
async function forged(site: Site, [someVisitor, someUser]: readonly [Principal, Principal]): Promise<Principal[]> {
  const cookieOf = ({ headers }: Principal) => (headers.cookie ?? "").split("=").slice(1).join("=");
  const expired = await givenSession(site, await givenAccount(site, "expired session"), "-1 second");
  return [
    { name: "forged visitor", headers: cookieHeader({ [anonymousCookie]: forge(cookieOf(someVisitor)) }) },
    { name: "forged session", headers: cookieHeader({ [sessionCookie]: forge(cookieOf(someUser)) }) },
    { name: "visitor's token as a session", headers: cookieHeader({ [sessionCookie]: cookieOf(someVisitor) }) },
    { name: "session as a visitor's token", headers: cookieHeader({ [anonymousCookie]: cookieOf(someUser) }) },
    { name: "expired session", headers: cookieHeader(expired) },
  ];
}

/** Makes everybody who is asked for. */
export async function givenPrincipals(
  site: Site,
  server: ServingProcess,
  { scopes, roles }: { scopes: readonly string[]; roles: readonly Role[] },
): Promise<Principal[]> {
  const someVisitor = visitor("visitor", { reach: { whose: "visitor", as: "owner" } });
  const someUser = await signedIn(site, "user", { reach: { whose: "user", as: "owner" } });
  const inOrganization = (["owner", "admin", "member", "invited"] as const).map((as) =>
    signedIn(site, `organization's ${as}`, { reach: { whose: "organization", as } }),
  );
  const { role: _, ...noMore } = await staff(site, "manager", "disabled who is signed in");
  await ask(site.db, "update identity.staff set disabled_at = now() where user_id = $1::uuid", [noMore.userId ?? ""]);
  const former_ = await former(site, server);
  const owner = await staff(site, "owner", "owner with a revoked key");
  const [revoked] = former_;
  const { role: __, ...withRevoked } = { ...owner, headers: { ...owner.headers, ...revoked?.headers } };
  return [
    { name: "nobody", headers: {} },
    someVisitor,
    visitor("another visitor"),
    someUser,
    await signedIn(site, "another user"),
    ...(await Promise.all(inOrganization)),
    await signedIn(site, "another organization's owner"),
    ...(await Promise.all(roles.map((role) => staff(site, role)))),
    noMore,
    withRevoked,
    ...(await Promise.all([...scopes, "full"].map((scope) => key(site, scope)))),
    ...former_,
    ...(await forged(site, [someVisitor, someUser])),
  ];
}
