interface Remembered<Value> {
  readonly value: Value;
  readonly bytes: number;
  /** Asked for since it was last passed over. */
  asked: boolean;
}

const largestShare = 8;
const bytesOfCharacter = 2;
const bytesOfEntry = 200; // What a map and its objects need for one entry, rounded up.

/**
 * Remembers values by name until they take more bytes than they may: then the oldest are forgotten, but for those that
 * were asked for, which get another turn. One that would take an eighth of the whole by itself is not remembered.
 */
export class Memory<Value> {
  readonly #mostBytes: number;
  /** The next to be forgotten first. */
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
    found.asked = true;
    return found.value;
  }

  /** Answers the value, remembered or not; `valueBytes` says how much it takes without its name. */
  remember(name: string, value: Value, valueBytes: number): Value {
    this.#forget(name);
    const bytes = valueBytes + name.length * bytesOfCharacter + bytesOfEntry;
    if (bytes > this.#mostBytes / largestShare) return value;
    this.#makeRoom(bytes);
    this.#values.set(name, { value, bytes, asked: false });
    this.#bytes += bytes;
    return value;
  }

  /** Ends, since whoever gets another turn has used it up when it comes again. */
  #makeRoom(bytes: number): void {
    for (const [oldest, found] of this.#values) {
      if (this.#bytes + bytes <= this.#mostBytes) return;
      this.#values.delete(oldest);
      if (found.asked) this.#values.set(oldest, { ...found, asked: false });
      else this.#bytes -= found.bytes;
    }
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

  recall<Value>(name: string): Value | undefined {
    return this.#memory.recall(name) as Value | undefined;
  }

  /** What is remembered under the name, or what `read` answers; all of one name are alike. */
  async load<Value>(name: string, read: () => Promise<Value>, bytesOf: (value: Value) => number): Promise<Value> {
    const known = this.recall<Value>(name);
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
    const known = this.recall<Value>(name);
    if (known !== undefined) return known;
    const value = make();
    return this.#memory.remember(name, value, bytesOf(value)) as Value;
  }
}
