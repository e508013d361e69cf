import type { Auth } from "better-auth";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { uuidV7 } from "../platform/ids.ts";
import type { AuthPool } from "../platform/open-auth-pool.ts";
import type { AccountLetter } from "./account.ts";
import {
  accountTable,
  organizationTables,
  rateLimitTable,
  sessionTable,
  userTable,
  verificationTable,
} from "./auth-tables.ts";
import { hashPassword, isPassword } from "./hash-password.ts";
import { type AuthLibrary, type LibraryCall, LibraryRefusal, libraryCookie, librarySecret } from "./library.ts";
import {
  invitationSeconds,
  longestPassword,
  mostInvitations,
  mostMembers,
  mostOrganizations,
  resetSeconds,
  shortestPassword,
  verificationSeconds,
} from "./limits.ts";
import { renewedAfterSeconds, sessionSeconds } from "./session.ts";
import { queueAccountLetter } from "./tell-account.ts";
import { setEmailVerified } from "./user-queries.ts";

export interface AuthLibraryOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly pool: AuthPool;
  readonly secret: string;
}

const place = "http://identity.invalid"; // The library wants a URL; nothing is ever asked there.
const path = "/api/auth";
const addressHeader = "x-orderwell-client";
const localeHeader = "x-orderwell-locale";
const limitedSeconds = 60;
/** Requests of one address in a minute, of several people behind one router. Failures are counted apart, and closer. */
const perMinute = { signIn: 300, signUp: 60, letters: 60 };

type Asked = Request | undefined;

/**
 * The sign-in library on our tables. It costs 50 MB, so that it is loaded by the first call alone. Its letters are queued
 * when what they tell of is committed, since it commits by itself: one that is lost between is asked for again.
 */
export function openAuthLibrary(options: AuthLibraryOptions): AuthLibrary {
  let opened: Promise<Pick<Auth, "handler">> | undefined;
  return {
    async call(call) {
      opened ??= load(options).catch((error: unknown) => {
        opened = undefined;
        throw error;
      });
      const { handler } = await opened;
      return answerOf(await handler(requestOf(call, options.secret)).catch(rethrow));
    },
    close: () => options.pool.end(),
  };
}

function requestOf({ path: wanted, body, query = {}, origin, locale, token }: LibraryCall, secret: string): Request {
  const search = new URLSearchParams(query).toString();
  return new Request(`${place}${path}${wanted}${search === "" ? "" : `?${search}`}`, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      "content-type": "application/json",
      [addressHeader]: origin.address,
      "user-agent": origin.agent.replace(/[^\x20-\x7e]/g, "?"),
      ...(locale === undefined ? {} : { [localeHeader]: locale }),
      ...(token === undefined ? {} : { cookie: libraryCookie(token, secret) }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** What the library throws: its own refusals, and whatever befell its statements. */
function rethrow(error: unknown): never {
  const body = error instanceof Error && "body" in error ? (error.body as { code?: unknown } | undefined) : undefined;
  if (error instanceof Error && error.name === "APIError")
    throw new LibraryRefusal(String(body?.code ?? error.message));
  throw error;
}

async function answerOf(response: Response): Promise<object> {
  const wait = Number(response.headers.get("x-retry-after") ?? "0");
  if (response.status === 429) throw new LibraryRefusal("TOO_MANY_REQUESTS", Math.max(1, wait));
  const body = (await response.json().catch(() => null)) as { code?: unknown } | null;
  if (!response.ok) throw new LibraryRefusal(String(body?.code ?? response.status));
  return body ?? {};
}

async function load({ db, clock, pool, secret }: AuthLibraryOptions): Promise<Pick<Auth, "handler">> {
  const [{ betterAuth }, { organization }] = await Promise.all([
    import("better-auth"),
    import("better-auth/plugins/organization"),
  ]);
  const tell = (letter: Omit<AccountLetter, "locale">, asked: Asked) => {
    const locale = asked?.headers.get(localeHeader) ?? "en";
    return db.transaction((tx) => queueAccountLetter(tx, { letter: { ...letter, locale }, secret }, clock.now()));
  };
  return betterAuth({
    ...ground({ pool, clock, secret }),
    emailAndPassword: {
      enabled: true,
      requireEmailVerification: true,
      autoSignIn: false,
      minPasswordLength: shortestPassword,
      maxPasswordLength: longestPassword,
      resetPasswordTokenExpiresIn: resetSeconds,
      revokeSessionsOnPasswordReset: true,
      password: { hash: hashPassword, verify: ({ hash, password }) => isPassword(password, hash) },
      sendResetPassword: ({ user, token }, asked) =>
        tell(letterTo("account_reset", user, `/account/reset#token=${token}`), asked),
      // Who has the letter has the address.
      onPasswordReset: async ({ user }) => {
        await db.transaction((tx) => setEmailVerified(tx, { userId: user.id, now: clock.now() }));
      },
      onExistingUserSignUp: ({ user }, asked) => tell(letterTo("account_known", user, "/account/reset"), asked),
    },
    emailVerification: {
      sendOnSignUp: true,
      sendOnSignIn: true,
      expiresIn: verificationSeconds,
      sendVerificationEmail: ({ user, token }, asked) =>
        tell(letterTo("account_verification", user, `/account/verify#token=${token}`), asked),
    },
    plugins: [
      organization({
        schema: organizationTables,
        organizationLimit: mostOrganizations,
        membershipLimit: mostMembers,
        invitationLimit: mostInvitations,
        invitationExpiresIn: invitationSeconds,
        requireEmailVerificationOnInvitation: true,
      }),
    ],
  }) as unknown as Pick<Auth, "handler">;
}

/** What the library stands on: our tables, ids, secret, the client's address as we know it, and no word to anybody. */
function ground({ pool, clock, secret }: Pick<AuthLibraryOptions, "pool" | "clock" | "secret">) {
  const limit = (max: number) => ({ window: limitedSeconds, max });
  return {
    baseURL: place,
    basePath: path,
    secret: librarySecret(secret),
    database: pool,
    telemetry: { enabled: false },
    logger: { disabled: true },
    onAPIError: { throw: true },
    user: userTable,
    account: accountTable,
    verification: { ...verificationTable, storeIdentifier: "hashed" as const },
    session: {
      ...sessionTable,
      expiresIn: sessionSeconds,
      updateAge: renewedAfterSeconds,
      disableSessionRefresh: true,
    },
    rateLimit: {
      ...rateLimitTable,
      enabled: true,
      storage: "database" as const,
      ...limit(perMinute.signIn),
      customRules: {
        "/sign-in/email": limit(perMinute.signIn),
        "/change-password": limit(perMinute.signIn),
        "/sign-up/email": limit(perMinute.signUp),
        "/request-password-reset": limit(perMinute.letters),
        "/reset-password": limit(perMinute.letters),
      },
    },
    advanced: {
      cookiePrefix: "orderwell",
      useSecureCookies: false,
      // Where a write comes from was looked at before it got here.
      disableCSRFCheck: true,
      disableOriginCheck: true,
      ipAddress: { ipAddressHeaders: [addressHeader] },
      database: { generateId: () => uuidV7(clock.now()) },
    },
  };
}

function letterTo(
  kind: AccountLetter["kind"],
  { email, name }: { email: string; name: string },
  page: string,
): Omit<AccountLetter, "locale"> {
  return { kind, recipient: email, name, path: page, inviter: "", subject: "" };
}
