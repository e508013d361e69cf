interface Remembered<Value> {
  readonly value: Value;
  readonly bytes: number;
}

const largestShare = 8;
const bytesOfCharacter = 2;
const bytesOfEntry = 200; // What a map and its objects need for one entry, rounded up.

/**
 * Remembers values by name until they take more bytes than they may: then those that nobody asked for longest are
 * forgotten. One that would take an eighth of the whole by itself is not remembered.
 */
export class Memory<Value> {
  readonly #mostBytes: number;
  /** In the order in which they were last asked for. */
  readonly #values = new Map<string, Remembered<Value>>();
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  recall(name: string): Value | undefined {
    const found = this.#values.get(name);
    if (found === undefined) return undefined;
    this.#values.delete(name);
    this.#values.set(name, found);
    return found.value;
  }

  /** Answers the value, remembered or not; `valueBytes` says how much it takes without its name. */
  remember(name: string, value: Value, valueBytes: number): Value {
    this.#forget(name);
    const bytes = valueBytes + name.length * bytesOfCharacter + bytesOfEntry;
    if (bytes > this.#mostBytes / largestShare) return value;
    this.#values.set(name, { value, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#values.keys()) {
      if (this.#bytes <= this.#mostBytes) break;
      this.#forget(oldest);
    }
    return value;
  }

  #forget(name: string): void {
    const found = this.#values.get(name);
    if (found === undefined) return;
    this.#values.delete(name);
    this.#bytes -= found.bytes;
  }
}

/** Memory of what has to be read first: once, however many ask for it meanwhile. What cannot be read is not remembered. */
export class ReadingMemory {
  readonly #memory: Memory<unknown>;
  readonly #reading = new Map<string, Promise<unknown>>();

  constructor(mostBytes: number) {
    this.#memory = new Memory(mostBytes);
  }

  /** What is remembered under the name, or what `read` answers; all of one name are alike. */
  async load<Value>(name: string, read: () => Promise<Value>, bytesOf: (value: Value) => number): Promise<Value> {
    const known = this.#memory.recall(name) as Value | undefined;
    if (known !== undefined) return known;
    const underWay = this.#reading.get(name) as Promise<Value> | undefined;
    if (underWay !== undefined) return underWay;
    const reading = read()
      .then((value) => this.#memory.remember(name, value, bytesOf(value)) as Value)
      .finally(() => this.#reading.delete(name));
    this.#reading.set(name, reading);
    return reading;
  }

  /** As `load`, of what needs no waiting. */
  make<Value>(name: string, make: () => Value, bytesOf: (value: Value) => number): Value {
    const known = this.#memory.recall(name) as Value | undefined;
    if (known !== undefined) return known;
    const value = make();
    return this.#memory.remember(name, value, bytesOf(value)) as Value;
  }
}
