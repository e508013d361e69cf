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
  let waiting: Waiting<In, Out>[] = [];
  let underWay = 0;
  let scheduled = false;

  async function settle(batch: Waiting<In, Out>[]): Promise<void> {
    try {
      const results = await how.run(batch.map((one) => one.member));
      if (results.length !== batch.length) throw new Error(`A run answered ${results.length} of ${batch.length} members.`);
      for (const [index, one] of batch.entries()) one.resolve(results[index] as Out);
    } catch (error) {
      if (batch.length === 1 || !how.mayRunAlone(error)) {
        for (const one of batch) one.reject(error);
        return;
      }
      for (const one of batch) await settle([one]);
    }
  }

  async function flush(batch: Waiting<In, Out>[]): Promise<void> {
    underWay += 1;
    await settle(batch);
    underWay -= 1;
    schedule();
  }

  function start(): void {
    scheduled = false;
    while (underWay < how.flushes && waiting.length > 0) {
      const batch = waiting.slice(0, how.most);
      waiting = waiting.slice(how.most);
      void flush(batch);
    }
  }

  // The turn of the event loop ends first, so that requests read from the sockets together travel together.
  function schedule(): void {
    if (scheduled || waiting.length === 0 || underWay >= how.flushes) return;
    scheduled = true;
    setImmediate(start);
  }

  return (member) =>
    new Promise<Out>((resolve, reject) => {
      waiting.push({ member, resolve, reject });
      schedule();
    });
}
