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

/** Takes the lease or renews it; undefined while somebody else holds it. */
export async function takeLease(sql: Sql, wish: LeaseWish): Promise<Lease | undefined> {
  const taken = await upsertLease(sql, { ...wish });
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
  await endLease(sql, { ...lease });
}
