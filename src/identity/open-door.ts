import type { IncomingHttpHeaders } from "node:http";
import type { Authenticate } from "../http/authorize-request.ts";
import type { Principal } from "../http/principal.ts";
import type { Sql } from "../platform/db.ts";
import type { Issuer } from "./issuer.ts";
import { type Keyring, presentedKey } from "./open-keyring.ts";
import type { Sessions } from "./open-sessions.ts";
import { roleOfClaim, scopesOf } from "./role.ts";
import { findStaffByAccount } from "./staff-queries.ts";

export interface DoorOptions {
  readonly db: Sql;
  readonly keyring: Keyring;
  readonly sessions: Sessions;
  /** Whose access tokens are taken; none without it. */
  readonly issuer: Issuer | undefined;
}

const jwtShape = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/**
 * Knows who works with the back office: by an API key, by an access token of the issuer, or by the session of somebody
 * who works here. Whoever brings a key or a token is known by that or not at all. A role is read at each request, so that
 * what it may do now is what counts.
 */
export function openDoor({ db, keyring, sessions, issuer }: DoorOptions): Authenticate {
  return async (headers, strangers) => {
    const presented = presentedKey(headers);
    if (presented === undefined) return bySession(sessions, headers);
    const byKey = await keyring.authenticate(headers, strangers);
    return byKey ?? (issuer && jwtShape.test(presented) ? byToken(db, issuer, presented) : undefined);
  };
}

async function bySession(sessions: Sessions, headers: IncomingHttpHeaders): Promise<Principal | undefined> {
  const session = await sessions.find(headers);
  if (!session || session.staffRole === null) return undefined;
  const { userId, name, staffRole } = session;
  return { id: `user/${userId}`, name, scopes: scopesOf(staffRole), byCookie: true };
}

/** Somebody who signed in here too has the role that is kept here, which can be lowered at once. */
async function byToken(db: Sql, issuer: Issuer, token: string): Promise<Principal | undefined> {
  const claims = await issuer.verify(token);
  const role = roleOfClaim(claims?.staff);
  if (!claims || role === undefined) return undefined;
  const { subject } = claims;
  const known = await findStaffByAccount(db, { provider: `oidc ${claims.issuer}`, account: subject });
  if (known && known.disabledAt !== null) return undefined;
  const id = known ? `user/${known.userId}` : `oidc/${subject}`;
  return { id, name: claims.name ?? subject, scopes: scopesOf(known?.role ?? role) };
}
