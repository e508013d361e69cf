import { change, many, maybeOne, type Sql, type Tx } from "../platform/db.ts";
import type { StaffRole } from "./role.ts";

/** Somebody who works here. */
export interface StaffMember {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly role: StaffRole;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly disabledAt: Date | null;
}

const columns = `staff.user_id, account.name, account.email, account.email_verified, staff.role, staff.created_at,
         staff.updated_at, staff.disabled_at`;
const tables = "identity.staff as staff join identity.users as account on account.id = staff.user_id";

/** Waits for whoever else decides who works here: a last owner is then the last one still. */
export const lockStaffing = change<Tx, Record<string, never>>(
  "identity.lock_staffing",
  "select pg_advisory_xact_lock(hashtextextended('identity.staff', 0))",
);

/** Those who work here, newest first. Ids grow with time. */
export const listStaff = many<Sql, { before: string; limit: number }, StaffMember>(
  "identity.list_staff",
  `
  select ${columns}
    from ${tables}
   where staff.user_id < :before::uuid
   order by staff.user_id desc
   limit :limit`,
);

export const findStaff = maybeOne<Sql, { userId: string }, StaffMember>(
  "identity.find_staff",
  `
  select ${columns}
    from ${tables}
   where staff.user_id = :userId::uuid`,
);

/** An owner beside this one who can sign in: the row of another, if there is one. */
export const findOtherOwner = maybeOne<Tx, { userId: string }, { userId: string }>(
  "identity.find_other_owner",
  `
  select staff.user_id
    from identity.staff as staff
    join identity.users as account on account.id = staff.user_id
   where staff.role = 'owner' and staff.user_id <> :userId::uuid and staff.disabled_at is null and account.email_verified
   limit 1`,
);

/** An owner, whoever it is. */
export const findAnyOwner = maybeOne<Tx, Record<string, never>, { userId: string }>(
  "identity.find_any_owner",
  "select user_id from identity.staff where role = 'owner' limit 1",
);

export const insertStaff = change<Tx, { userId: string; role: StaffRole; now: Date }>(
  "identity.insert_staff",
  `
  insert into identity.staff (user_id, role, created_at, updated_at)
  values (:userId::uuid, :role, :now, :now)`,
);

export const setStaffRole = change<Tx, { userId: string; role: StaffRole; now: Date }>(
  "identity.set_staff_role",
  "update identity.staff set role = :role, updated_at = :now where user_id = :userId",
);

export const setStaffDisabled = change<Tx, { userId: string; disabledAt: Date | null; now: Date }>(
  "identity.set_staff_disabled",
  "update identity.staff set disabled_at = :disabledAt::timestamptz, updated_at = :now where user_id = :userId",
);

/** How somebody whom an issuer names works here, if they ever signed in with a session. */
export const findStaffByAccount = maybeOne<
  Sql,
  { provider: string; account: string },
  { userId: string; role: StaffRole; disabledAt: Date | null }
>(
  "identity.find_staff_by_account",
  `
  select staff.user_id, staff.role, staff.disabled_at
    from identity.accounts as account
    join identity.staff as staff on staff.user_id = account.user_id
   where account.provider_id = :provider and account.account_id = :account`,
);
