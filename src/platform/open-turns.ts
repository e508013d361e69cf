/** Lets work of one name run one after the other within this process. */
export interface Turns {
  /** Runs the work when all that came before it under this name is over, however that ended. */
  take<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
}

interface Queue {
  /** Those that wait, and the one whose turn it is. */
  length: number;
  last: Promise<unknown>;
}

/**
 * Opens turns, for work that would wait for the same lock in the database: whoever waits here holds no connection, so a
 * flood of writes under one name keeps nobody waiting who has another. Processes still meet at the lock. Of one name
 * `most` are taken at once; what is more throws what `refuse` makes.
 */
export function openTurns({ most, refuse }: { most: number; refuse: () => Error }): Turns {
  const queues = new Map<string, Queue>();
  return {
    async take(name, work) {
      const queue = queues.get(name) ?? { length: 0, last: Promise.resolve() };
      if (queue.length >= most) throw refuse();
      queue.length += 1;
      queues.set(name, queue);
      const turn = queue.last.then(work);
      queue.last = turn.catch(() => {});
      try {
        return await turn;
      } finally {
        queue.length -= 1;
        if (queue.length === 0) queues.delete(name);
      }
    },
  };
}
