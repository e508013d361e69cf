import { secondsBounds, sizeBounds, TallyBook } from "./tally.ts";
import { activeTracer, hereInTrace, inSpan, type Mark } from "./trace.ts";

/** How calls to one set verb are brought together. */
export interface Coalescing<In, Out> {
  /** What metrics and traces call the set; one without a name is in neither. */
  readonly name?: string;
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
  /** Where the member stands in its trace, when it has one. */
  mark: Mark | undefined;
  resolve(result: Out): void;
  reject(error: unknown): void;
}

/** How many members the runs of this process had, and how long they took. */
export const setMembers = new TallyBook(["set"], sizeBounds);
export const setRuns = new TallyBook(["set"], secondsBounds);

/**
 * Lets calls that arrive together share one run of a set verb; a lone call starts at once, no timer is involved.
 * When a run fails and may be repeated, its members are run one by one, so that a bad one fails alone.
 */
export function coalesce<In, Out>(how: Coalescing<In, Out>): (member: In) => Promise<Out> {
  const queue = new Queue(how);
  const add = (member: In) =>
    new Promise<Out>((resolve, reject) => queue.add({ member, mark: hereInTrace(), resolve, reject }));
  const { name } = how;
  if (name === undefined) return add;
  return (member) => inSpan(`${name} member`, () => add(member));
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
    const results = await runMeasured(how, batch);
    if (results.length !== batch.length)
      throw new Error(`A run answered ${results.length} of ${batch.length} members.`);
    for (const [index, one] of batch.entries()) one.resolve(results[index] as Out);
  } catch (error) {
    await fail(how, batch, error);
  }
}

async function runMeasured<In, Out>(how: Coalescing<In, Out>, batch: readonly Waiting<In, Out>[]): Promise<Out[]> {
  const { name } = how;
  const members = batch.map((one) => one.member);
  if (name === undefined) return how.run(members);
  const since = performance.now();
  try {
    return await runTraced(name, batch, () => how.run(members));
  } finally {
    setMembers.add(members.length, name);
    setRuns.add((performance.now() - since) / 1000, name);
  }
}

/** A run for one member stands below it in its trace; one for several has a trace of its own, and links both ways. */
function runTraced<In, Out>(
  name: string,
  batch: readonly Waiting<In, Out>[],
  run: () => Promise<Out[]>,
): Promise<Out[]> {
  const tracer = activeTracer();
  const marks = batch.flatMap(({ mark }) => (mark ? [mark] : []));
  if (tracer === undefined || marks.length === 0) return run();
  const facts = { "orderwell.set.members": batch.length };
  if (batch.length === 1) return tracer.from(marks[0]?.traceparent, name, run, { facts });
  const linked = () => {
    const here = tracer.here();
    if (here) for (const mark of marks) mark.linkTo(here);
    return run();
  };
  return tracer.from(undefined, name, linked, { facts, links: marks });
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
