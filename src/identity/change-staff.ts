import { type Doer, doerOf, recordAction } from "../audit/index.ts";
import type { Principal } from "../http/principal.ts";
import type { Tx } from "../platform/db.ts";
import { getStaff } from "./list-staff.ts";
import { covers, type StaffRole, scopesOf } from "./role.ts";
import { deleteSessionsOf } from "./session-queries.ts";
import { beyondYours, staffOwnerNeeded } from "./staff-errors.ts";
import { findOtherOwner, lockStaffing, type StaffMember, setStaffDisabled, setStaffRole } from "./staff-queries.ts";

/** Who decides, and what they may do themselves. */
export interface Decider {
  readonly by: Doer;
  readonly scopes: readonly string[];
}

/** Who decides, as a request says it. */
export function deciderOf(request: { principal: Principal; id: string }): Decider {
  return { by: doerOf(request), scopes: request.principal.scopes };
}

/**
 * Makes sure that nobody gives or takes what is not theirs.
 * @throws identity.beyond_yours
 */
export function assertCovers({ scopes }: Decider, wanted: readonly string[]): void {
  if (covers(scopes, wanted)) return;
  throw beyondYours({ lacking: wanted.filter((scope) => !scopes.includes(scope)).join(", ") });
}

/** @throws identity.staff_owner_needed */
async function assertOwnerLeft(tx: Tx, { userId, role, disabledAt }: StaffMember): Promise<void> {
  if (role !== "owner" || disabledAt !== null) return;
  if (!(await findOtherOwner(tx, { userId }))) throw staffOwnerNeeded({});
}

/** Holds who works here, and answers one of them whom this decider may decide on. */
async function holdStaff(tx: Tx, userId: string, decider: Decider): Promise<StaffMember> {
  await lockStaffing(tx, {});
  const member = await getStaff(tx, userId);
  assertCovers(decider, scopesOf(member.role));
  return member;
}

/**
 * Gives somebody who works here another role, from their next request on. The same role again changes nothing.
 *
 * Locks who works here. @throws identity.staff_not_found, identity.staff_owner_needed, identity.beyond_yours
 */
export async function changeStaffRole(
  tx: Tx,
  { userId, role, decider }: { userId: string; role: StaffRole; decider: Decider },
  now: Date,
): Promise<StaffMember> {
  const member = await holdStaff(tx, userId, decider);
  assertCovers(decider, scopesOf(role));
  if (member.role === role) return member;
  await assertOwnerLeft(tx, member);
  await setStaffRole(tx, { userId, role, now });
  const detail = { role, before: member.role };
  await recordAction(tx, { by: decider.by, action: "staff.role_changed", subject: `staff/${userId}`, detail }, now);
  return { ...member, role, updatedAt: now };
}

/**
 * Ends what somebody may do here, at once and with all their sessions; as a shopper they can sign in again. A second
 * call changes nothing.
 *
 * Locks who works here. @throws identity.staff_not_found, identity.staff_owner_needed, identity.beyond_yours
 */
export async function disableStaff(
  tx: Tx,
  { userId, decider }: { userId: string; decider: Decider },
  now: Date,
): Promise<StaffMember> {
  const member = await holdStaff(tx, userId, decider);
  if (member.disabledAt !== null) return member;
  await assertOwnerLeft(tx, member);
  await setStaffDisabled(tx, { userId, disabledAt: now, now });
  await deleteSessionsOf(tx, { userId });
  const { role } = member;
  await recordAction(
    tx,
    { by: decider.by, action: "staff.disabled", subject: `staff/${userId}`, detail: { role } },
    now,
  );
  return { ...member, disabledAt: now, updatedAt: now };
}

/**
 * Lets somebody who was disabled work here again, in the role that they had. A second call changes nothing.
 *
 * Locks who works here. @throws identity.staff_not_found, identity.beyond_yours
 */
export async function enableStaff(
  tx: Tx,
  { userId, decider }: { userId: string; decider: Decider },
  now: Date,
): Promise<StaffMember> {
  const member = await holdStaff(tx, userId, decider);
  if (member.disabledAt === null) return member;
  await setStaffDisabled(tx, { userId, disabledAt: null, now });
  const { role } = member;
  await recordAction(
    tx,
    { by: decider.by, action: "staff.enabled", subject: `staff/${userId}`, detail: { role } },
    now,
  );
  return { ...member, disabledAt: null, updatedAt: now };
}
