import { fullScope } from "../http/principal.ts";
import type { Scope } from "./scope.ts";

/** In which roles people work here, the one that may most first. */
export const staffRoles = ["owner", "manager", "support", "fulfilment", "read_only"] as const;
export type StaffRole = (typeof staffRoles)[number];

/**
 * What each role may do.
 *
 * A manager runs the shop; who works here and which keys there are is the owner's to say. Support talks to customers:
 * it sees their orders and letters, moves them and sends letters again. Fulfilment ships, which is a move of an order.
 * Cancelling is a move, too, and gives all of the money back; to give back a part is the manager's. Who only reads sees no letters, since links stand in them that open what they are about.
 */
const allowed: Readonly<Record<StaffRole, readonly Scope[]>> = {
  owner: [fullScope],
  manager: [
    "audit:read",
    "catalog:read",
    "catalog:write",
    "customers:read",
    "customers:write",
    "orders:read",
    "orders:write",
    "events:read",
    "imports:read",
    "imports:write",
    "jobs:read",
    "jobs:write",
    "mails:read",
    "mails:write",
    "metrics:read",
    "payments:sandbox",
    "payments:write",
    "staff:read",
    "tasks:read",
    "tasks:write",
  ],
  support: [
    "catalog:read",
    "customers:read",
    "customers:write",
    "orders:read",
    "orders:write",
    "events:read",
    "mails:read",
    "mails:write",
    "tasks:read",
    "tasks:write",
  ],
  fulfilment: ["catalog:read", "orders:read", "orders:write", "events:read", "tasks:read", "tasks:write"],
  read_only: [
    "audit:read",
    "catalog:read",
    "customers:read",
    "orders:read",
    "events:read",
    "imports:read",
    "jobs:read",
    "metrics:read",
    "staff:read",
    "tasks:read",
  ],
};

export function scopesOf(role: StaffRole): readonly Scope[] {
  return allowed[role];
}

/** Whether whoever may do this may do all of that, so that giving it to others gives nothing that is not the giver's. */
export function covers(own: readonly string[], wanted: readonly string[]): boolean {
  return own.includes(fullScope) || wanted.every((scope) => own.includes(scope));
}

function isStaffRole(word: unknown): word is StaffRole {
  return (staffRoles as readonly unknown[]).includes(word);
}

/** The role that a claim of an issuer gives: of several the one that may most; none for words that we do not know. */
export function roleOfClaim(claim: unknown): StaffRole | undefined {
  const words: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return staffRoles.find((role) => words.filter(isStaffRole).includes(role));
}
