import { change, maybeOne, type Sql, type Tx } from "../platform/db.ts";
import type { Session } from "./session.ts";

/**
 * A session by its token, with whose it is and how they work here. Who has not proved the address yet is no staff, even
 * if the session should have come about.
 */
export const findSession = maybeOne<Sql, { token: string; now: Date }, Session>(
  "identity.find_session",
  `
  select session.id as session_id, session.user_id, session.created_at, session.updated_at, session.expires_at,
         account.name, account.email, account.email_verified,
         case when staff.disabled_at is null and account.email_verified then staff.role end as staff_role
    from identity.sessions as session
    join identity.users as account on account.id = session.user_id
    left join identity.staff as staff on staff.user_id = session.user_id
   where session.token = :token and session.expires_at > :now`,
);

export const insertSession = change<
  Tx,
  {
    sessionId: string;
    userId: string;
    token: string;
    address: string;
    agent: string;
    expiresAt: Date;
    now: Date;
  }
>(
  "identity.insert_session",
  `
  insert into identity.sessions (id, user_id, token, ip_address, user_agent, expires_at, created_at, updated_at)
  values (:sessionId::uuid, :userId::uuid, :token, :address, :agent, :expiresAt, :now, :now)`,
);

/** Lets a session live on. Of several requests at once one writes: the others find it renewed. */
export const renewSession = change<Tx, { sessionId: string; expiresAt: Date; seenAt: Date; now: Date }>(
  "identity.renew_session",
  `
  update identity.sessions
     set expires_at = :expiresAt, updated_at = :now
   where id = :sessionId and updated_at = :seenAt`,
);

export const deleteSession = change<Tx, { token: string }>(
  "identity.delete_session",
  "delete from identity.sessions where token = :token",
);

export const deleteSessionsOf = change<Tx, { userId: string }>(
  "identity.delete_sessions_of",
  "delete from identity.sessions where user_id = :userId",
);
