/** How calls to one set verb are brought together. */
export interface Coalescing<In, Out> {
  /** At most so many members share one run. */
  readonly most: number;
  /** At most so many runs are under way at once. */
  readonly flushes: number;
  /** Does the work for all members; answers one result for each, in their order. */
  run(members: In[]): Promise<Out[]>;
  /** Says that a failed run did nothing and may be run again for each member alone. */
  mayRunAlone(error: unknown): boolean;
}

interface Waiting<In, Out> {
  member: In;
  resolve(result: Out): void;
  reject(error: unknown): void;
}

/**
 * Lets calls that arrive together share one run of a set verb; a lone call starts at once, no timer is involved.
 * When a run fails and may be repeated, its members are run one by one, so that a bad one fails alone.
 */
export function coalesce<In, Out>(how: Coalescing<In, Out>): (member: In) => Promise<Out> {
  const queue = new Queue(how);
  return (member) => new Promise<Out>((resolve, reject) => queue.add({ member, resolve, reject }));
}

class Queue<In, Out> {
  readonly #how: Coalescing<In, Out>;
  #waiting: Waiting<In, Out>[] = [];
  #underWay = 0;
  #scheduled = false;

  constructor(how: Coalescing<In, Out>) {
    this.#how = how;
  }

  add(one: Waiting<In, Out>): void {
    this.#waiting.push(one);
    this.#schedule();
  }

  /** The turn of the event loop ends first, so that requests read from the sockets together travel together. */
  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0 || this.#underWay >= this.#how.flushes) return;
    this.#scheduled = true;
    setImmediate(() => this.#start());
  }

  #start(): void {
    this.#scheduled = false;
    while (this.#underWay < this.#how.flushes && this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, this.#how.most);
      this.#waiting = this.#waiting.slice(this.#how.most);
      void this.#flush(batch);
    }
  }

  async #flush(batch: Waiting<In, Out>[]): Promise<void> {
    this.#underWay += 1;
    await settle(this.#how, batch);
    this.#underWay -= 1;
    this.#schedule();
  }
}

/** Never throws: whatever happens is told to the members. */
async function settle<In, Out>(how: Coalescing<In, Out>, batch: readonly Waiting<In, Out>[]): Promise<void> {
  try {
    const results = await how.run(batch.map((one) => one.member));
    if (results.length !== batch.length)
      throw new Error(`A run answered ${results.length} of ${batch.length} members.`);
    for (const [index, one] of batch.entries()) one.resolve(results[index] as Out);
  } catch (error) {
    await fail(how, batch, error);
  }
}

async function fail<In, Out>(
  how: Coalescing<In, Out>,
  batch: readonly Waiting<In, Out>[],
  error: unknown,
): Promise<void> {
  const runAlone = batch.length > 1 && how.mayRunAlone(error);
  for (const one of batch) {
    if (runAlone) await settle(how, [one]);
    else one.reject(error);
  }
}
