import type { Principal } from "../http/principal.ts";

/** Who does something, and at which request. */
export interface Doer {
  /** A principal's id; `cli` for operator commands, `start` for the first start. */
  readonly actor: string;
  /** What the actor is called now; keys are renamed and revoked. */
  readonly name: string;
  readonly requestId: string | null;
}

/** Something that somebody did, where the change leaves no event of its own. */
export interface NewEntry {
  readonly by: Doer;
  /** What was done, as `task.closed`. */
  readonly action: string;
  /** What it was done to, as `task/12`. */
  readonly subject: string;
  /** Ids and reasons; never a secret, an address or a name of a customer. */
  readonly detail: object;
}

export interface Entry {
  readonly entryId: bigint;
  readonly actor: string;
  readonly actorName: string;
  readonly action: string;
  readonly subject: string;
  readonly requestId: string | null;
  readonly detail: object;
  readonly recordedAt: Date;
}

/** Who sent a request. */
export function doerOf({ principal, id }: { principal: Principal; id: string }): Doer {
  return { actor: principal.id, name: principal.name, requestId: id };
}
