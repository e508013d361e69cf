import type { Sql, Tx } from "./db.ts";
import { endLease, lockLease, upsertLease } from "./lease-queries.ts";

/** A role that one process holds at a time. Writes made in it show the token, so that a late one is refused. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  readonly token: bigint;
}

export interface LeaseWish {
  readonly name: string;
  /** A UUID of whoever asks; made anew by each process. */
  readonly holder: string;
  readonly seconds: number;
}

/** A holder that stops renewing is taken for dead after so long, by database time. */
export const defaultLeaseSeconds = 30;

/** Renewed this many times within its length, so that one slow answer does not lose it. */
export const renewalsPerLease = 3;

/** Until when this process holds which lease, by its own monotonic clock: to be shown, never to decide by. */
const heldUntilMs = new Map<string, number>();

/** The names of the leases that this process has asked for, and whether it holds each. */
export function listLeases(): { name: string; held: boolean }[] {
  return [...heldUntilMs].map(([name, untilMs]) => ({ name, held: performance.now() < untilMs }));
}

/** Takes the lease or renews it; undefined while somebody else holds it. */
export async function takeLease(sql: Sql, wish: LeaseWish): Promise<Lease | undefined> {
  const askedMs = performance.now();
  const taken = await upsertLease(sql, { ...wish });
  heldUntilMs.set(wish.name, taken ? askedMs + wish.seconds * 1000 : 0);
  return taken && { name: wish.name, holder: wish.holder, token: taken.token };
}

/** Says whether the lease is still held, and keeps it so until the transaction ends. */
export async function holdsLease(tx: Tx, lease: Lease): Promise<boolean> {
  return (await lockLease(tx, { ...lease })) !== undefined;
}

/** Thrown when somebody writes in a role that another holds by now. */
export class LeaseLost extends Error {
  constructor(lease: Lease) {
    super(`The lease ${lease.name} with token ${lease.token} is over or held by another.`);
    this.name = "LeaseLost";
  }
}

/** Throws `LeaseLost` unless the lease is still held, and keeps it so until the transaction ends. */
export async function assertLease(tx: Tx, lease: Lease): Promise<void> {
  if (!(await holdsLease(tx, lease))) throw new LeaseLost(lease);
}

/** Lets the next one have the lease at once. Does nothing when it was lost already. */
export async function giveUpLease(sql: Sql, lease: Lease): Promise<void> {
  heldUntilMs.set(lease.name, 0);
  await endLease(sql, { ...lease });
}
