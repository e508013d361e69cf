import { after } from "node:test";
import type { FastifyInstance } from "fastify";
import { buildServer } from "../../src/http/build-server.ts";
import { type AccountLetter, tellAccount, unsealLetter } from "../../src/identity/index.ts";
import { readConfig } from "../../src/platform/config.ts";
import { prepareJobs } from "../../src/platform/jobs.ts";
import { openLog } from "../../src/platform/open-log.ts";
import { openPublicAddress } from "../../src/platform/public-address.ts";
import { type Identity, mergeVisitor, openIdentity, registerIdentity, setupLinkOf } from "../../src/wire-identity.ts";
import { ask } from "./ask.ts";
import { type TestDatabase, testDatabase } from "./database.ts";

export const authSecret = "a secret of these tests, long enough for anybody";
export const password = "correct horse battery";
const patienceMs = 10_000;

const opened = new Set<() => Promise<void>>();
after(() => Promise.all([...opened].map((close) => close())));

export interface AccountSite extends TestDatabase {
  readonly app: FastifyInstance;
  /** Closed before the server is, it is a database that is away. */
  readonly database: TestDatabase;
  readonly identity: Identity;
  /** The time that the site lives in; tests move it on. */
  readonly time: { aheadMs: number };
  now(): Date;
  /** The token of the page on which the first owner comes in. */
  setupToken(): Promise<string | undefined>;
  /** What was queued to tell this address, oldest first. */
  letters(email: string): Promise<AccountLetter[]>;
}

export interface AccountSiteOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Another process on the same database. */
  readonly beside?: TestDatabase;
  readonly onSignedIn?: Parameters<typeof openIdentity>[1];
}

/** A server with accounts on a database of its own, and two routes of a shop. It is closed after the file. */
export async function accountSite(options: AccountSiteOptions = {}): Promise<AccountSite> {
  const database = options.beside ?? (await testDatabase());
  const { db, url } = database;
  await prepareJobs(db, [tellAccount]);
  const time = { aheadMs: 0 };
  const clock = { now: () => new Date(Date.now() + time.aheadMs) };
  const config = readConfig({ PUBLIC_URL: "http://shop.example", ...options.env });
  const publicAddress = openPublicAddress(config);
  const parts = { db, clock, url, config, authSecret, publicAddress, log: openLog("silent") };
  const identity = openIdentity(parts, options.onSignedIn ?? mergeVisitor(parts));
  const app = await buildServer({
    title: "Test",
    version: "1.0.0",
    logLevel: "silent",
    authenticate: identity.authenticate,
    shoppers: identity.accounts.shoppers,
    trustedProxies: config.trustedProxies,
    ready: async () => ({ ok: true, checks: {} }),
  });
  app.get("/api/store/cart", { config: { shopper: "reads" } }, (request) => ({
    owner: request.shopper?.owner ?? null,
  }));
  app.post("/api/store/cart", { config: { shopper: "writes" } }, (request) => ({ owner: request.shopper?.owner }));
  await registerIdentity(app, identity);
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      await app.drain(patienceMs);
      await identity.close().catch(() => {});
      if (!options.beside) await database.close();
    })();
    return closing;
  };
  opened.add(close);
  return {
    ...database,
    database,
    app,
    identity,
    time,
    close,
    now: () => clock.now(),
    setupToken: async () => (await setupLinkOf(parts))?.split("#token=")[1],
    letters: async (email) => (await allLetters(db)).filter(({ recipient }) => recipient === email),
  };
}

async function allLetters(db: TestDatabase["db"]): Promise<AccountLetter[]> {
  const rows = await ask<{ payload: Parameters<typeof unsealLetter>[0] }>(
    db,
    `select job.payload from graphile_worker._private_jobs as job
       join graphile_worker._private_tasks as task on task.id = job.task_id
      where task.identifier = 'tell-account' order by job.id`,
  );
  return rows.flatMap(({ payload }) => unsealLetter(payload, authSecret) ?? []);
}

/** The token in the newest letter of a kind to an address. */
export async function tokenTo(site: AccountSite, email: string, kind: AccountLetter["kind"]): Promise<string> {
  const letter = (await site.letters(email)).filter((one) => one.kind === kind).at(-1);
  const token = letter?.path.split("#token=")[1];
  if (token === undefined) throw new Error(`No letter of the kind ${kind} is on its way to ${email}.`);
  return token;
}

export interface Heard {
  readonly status: number;
  readonly code: string | undefined;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
  json<Body = Record<string, never>>(): Body;
}

/** Somebody with a browser: cookies come and go as the server says. */
export interface Visitor {
  readonly cookies: Map<string, string>;
  ask(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: object, headers?: object): Promise<Heard>;
}

export function visitor({ app }: Pick<AccountSite, "app">, address = "203.0.113.7"): Visitor {
  const cookies = new Map<string, string>();
  return {
    cookies,
    async ask(method, path, body, headers = {}) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const answer = await app.inject({
        method,
        url: path,
        remoteAddress: address,
        headers: { ...(cookie === "" ? {} : { cookie }), ...headers },
        ...(body === undefined ? {} : { payload: body }),
      });
      for (const set of [answer.headers["set-cookie"] ?? []].flat()) keep(cookies, set);
      const json = <Body>() => answer.json() as Body;
      const isProblem = String(answer.headers["content-type"]).startsWith("application/problem+json");
      const code = isProblem ? json<{ code: string }>().code : undefined;
      return { status: answer.statusCode, code, body: answer.body, headers: answer.headers, json };
    },
  };
}

function keep(cookies: Map<string, string>, set: string): void {
  const [pair = ""] = set.split(";", 1);
  const [name = "", value = ""] = pair.split(/=(.*)/s);
  if (value === "") cookies.delete(name);
  else cookies.set(name, value);
}

const auth = "/api/store/auth";

/** A user whose address is proved, with a browser that is not signed in yet. */
export async function givenUser(site: AccountSite, email: string, name = "Ann"): Promise<Visitor> {
  const browser = visitor(site);
  await browser.ask("POST", `${auth}/sign-up`, { name, email, password });
  const token = await tokenTo(site, email, "account_verification");
  const verified = await browser.ask("POST", `${auth}/verify-email`, { token });
  if (verified.status !== 200) throw new Error(`The address was not proved: ${verified.body}`);
  return browser;
}

export function signIn(browser: Visitor, email: string, word = password): Promise<Heard> {
  return browser.ask("POST", `${auth}/sign-in`, { email, password: word });
}

export async function givenSignedIn(site: AccountSite, email: string, name = "Ann"): Promise<Visitor> {
  const browser = await givenUser(site, email, name);
  const entered = await signIn(browser, email);
  if (entered.status !== 200) throw new Error(`Nobody was signed in: ${entered.body}`);
  return browser;
}

/** The first owner, signed in. */
export async function givenOwner(site: AccountSite, email = "owner@example.com"): Promise<Visitor> {
  const browser = visitor(site);
  const token = await site.setupToken();
  const made = await browser.ask("POST", `${auth}/setup-owner`, { token, name: "Olga", email, password });
  if (made.status !== 201) throw new Error(`There is no owner: ${made.body}`);
  return browser;
}

/** Somebody who works here in a role, signed in. */
export async function givenStaff(site: AccountSite, owner: Visitor, role: string): Promise<Visitor> {
  const email = `staff-${role}@example.com`;
  const invited = await owner.ask("POST", "/api/v2/staff", { email, name: role, role });
  if (invited.status !== 201) throw new Error(`Nobody was invited: ${invited.body}`);
  const browser = visitor(site);
  const token = await tokenTo(site, email, "staff_invitation");
  await browser.ask("POST", `${auth}/reset-password`, { token, password });
  const entered = await signIn(browser, email);
  if (entered.status !== 200) throw new Error(`Nobody was signed in: ${entered.body}`);
  return browser;
}
