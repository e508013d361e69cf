import { mergeShopper } from "./checkout/index.ts";
import type { Authenticate } from "./http/authorize-request.ts";
import type { buildServer } from "./http/build-server.ts";
import { accountPageRoutes } from "./identity/account-page-routes.ts";
import { accountRoutes } from "./identity/account-routes.ts";
import { apiKeyRoutes } from "./identity/api-key-routes.ts";
import { openAuthLibrary } from "./identity/auth-library-client.ts";
import {
  type Accounts,
  forgetOver,
  type Issuer,
  type IssuerDoor,
  keyring,
  type OnSignedIn,
  offerSetup,
  openDoor,
  openSessions,
  openShoppers,
} from "./identity/index.ts";
import { memberRoutes } from "./identity/member-routes.ts";
import { openOidcIssuer } from "./identity/oidc-client.ts";
import { oidcRoutes } from "./identity/oidc-routes.ts";
import { organizationRoutes } from "./identity/organization-routes.ts";
import { ownerSetupRoutes } from "./identity/owner-setup-routes.ts";
import { sessionRoutes } from "./identity/session-routes.ts";
import { staffRoutes } from "./identity/staff-routes.ts";
import type { Clock } from "./platform/clock.ts";
import { type Config, ConfigError } from "./platform/config.ts";
import type { Db } from "./platform/db.ts";
import type { Log } from "./platform/log.ts";
import { openAuthPool } from "./platform/open-auth-pool.ts";
import type { PublicAddress } from "./platform/public-address.ts";

export interface IdentityParts {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly url: string;
  readonly config: Config;
  readonly authSecret: string;
  readonly publicAddress: PublicAddress;
}

/** What knows who asks: keys, sessions, visitors, and the issuer if there is one. */
export interface Identity {
  readonly accounts: Accounts;
  readonly authenticate: Authenticate;
  readonly issuerDoor: IssuerDoor | undefined;
  close(): Promise<void>;
}

export function openIdentity(parts: IdentityParts, onSignedIn: OnSignedIn): Identity {
  const { db, clock, log, url, config, authSecret: secret, publicAddress: address } = parts;
  const secure = config.publicUrl.startsWith("https:");
  const pool = openAuthPool({
    url,
    applicationName: "orderwell sign-in",
    statementTimeoutMs: config.databaseTimeoutMs,
    onIdleError: (err) => log.warn({ err }, "A resting connection of the sign-in broke; it is replaced."),
  });
  const library = openAuthLibrary({ db, clock, pool, secret });
  const sessions = openSessions({ db, clock }, { secret, secure });
  const shoppers = openShoppers(db, { secret, secure, sessions, onSignedIn });
  const issuer = openIssuer(config);
  return {
    accounts: { db, clock, library, sessions, shoppers, secret },
    authenticate: openDoor({ db, keyring: keyring(db, clock), sessions, issuer }),
    issuerDoor: issuer && { issuer, address, secure },
    close: () => library.close(),
  };
}

function openIssuer(config: Config): Issuer | undefined {
  const { oidcIssuer: issuer, oidcClientId: clientId } = config;
  if (issuer === "") return undefined;
  if (clientId === "") throw new ConfigError(["OIDC_CLIENT_ID is missing: the issuer knows this program by it."]);
  return openOidcIssuer({ issuer, clientId, clientSecret: config.oidcClientSecret, staffClaim: config.oidcStaffClaim });
}

type Server = Awaited<ReturnType<typeof buildServer>>;

/** The routes of accounts, organizations and those who work here. */
export async function registerIdentity(app: Server, { accounts, issuerDoor }: Identity): Promise<void> {
  await app.register(accountRoutes(accounts));
  await app.register(sessionRoutes(accounts));
  await app.register(ownerSetupRoutes(accounts));
  await app.register(organizationRoutes(accounts));
  await app.register(memberRoutes(accounts));
  await app.register(oidcRoutes(accounts, issuerDoor));
  await app.register(staffRoutes(accounts));
  await app.register(apiKeyRoutes(accounts));
  await app.register(accountPageRoutes());
}

/** Sessions, links and counts that are over, a thousand at a time. */
export async function forgetAllOver({ db, clock }: Pick<IdentityParts, "db" | "clock">): Promise<void> {
  while ((await db.transaction((tx) => forgetOver(tx, clock.now()))) > 0);
}

/** Makes the user's what a visitor had who signs in. */
export function mergeVisitor({ db, clock }: Pick<IdentityParts, "db" | "clock">): OnSignedIn {
  return ({ anonymousOwner, userId }) =>
    db.transaction((tx) => mergeShopper(tx, { from: anonymousOwner, userId }, clock.now()));
}

/** Where the first owner makes an account, once; undefined when there is an owner. */
export async function setupLinkOf({ db, clock, publicAddress }: IdentityParts): Promise<string | undefined> {
  const token = await db.transaction((tx) => offerSetup(tx, clock.now()));
  return token === undefined ? undefined : `${publicAddress.url()}/setup#token=${token}`;
}
