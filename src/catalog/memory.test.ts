import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Memory, ReadingMemory } from "./memory.ts";

const most = 16_000;

describe("Memory", () => {
  test("recalls what it was told last of a name", () => {
    const memory = new Memory<number>(most);
    assert.equal(memory.recall("a"), undefined);
    memory.remember("a", 1, 10);
    memory.remember("a", 2, 10);
    assert.equal(memory.recall("a"), 2);
  });

  test("forgets the oldest when it is full, but for what was asked for", () => {
    const memory = new Memory<number>(most);
    for (let index = 0; index < 20; index += 1) {
      memory.remember(`n${index}`, index, 1_700);
      memory.recall("n0");
    }
    assert.equal(memory.recall("n0"), 0);
    assert.equal(memory.recall("n1"), undefined);
    assert.equal(memory.recall("n19"), 19);
  });

  test("makes room also when everything was asked for", () => {
    const memory = new Memory<number>(most);
    for (let index = 0; index < 50; index += 1) {
      memory.remember(`n${index}`, index, 1_700);
      for (let other = 0; other <= index; other += 1) memory.recall(`n${other}`);
    }
    assert.equal(memory.recall("n49"), 49);
    assert.ok(memory.bytes <= most);
  });

  test("does not remember what would take an eighth of it, and answers it all the same", () => {
    const memory = new Memory<string>(most);
    memory.remember("small", "s", 100);
    assert.equal(memory.remember("large", "l", 2_000), "l");
    assert.equal(memory.recall("large"), undefined);
    assert.equal(memory.recall("small"), "s");
  });

  test("forgets the smaller value of a name whose new one is too large", () => {
    const memory = new Memory<string>(most);
    memory.remember("a", "old", 100);
    memory.remember("a", "new", 2_000);
    assert.equal(memory.recall("a"), undefined);
    assert.equal(memory.bytes, 0);
  });

  test("never takes more than it may, whatever is remembered", () => {
    const told = fc.array(fc.record({ name: fc.string({ maxLength: 5 }), bytes: fc.integer({ min: 0, max: 3_000 }) }));
    fc.assert(
      fc.property(told, (values) => {
        const memory = new Memory<number>(most);
        for (const { name, bytes } of values) {
          memory.remember(name, bytes, bytes);
          assert.ok(memory.bytes <= most && memory.bytes >= 0);
        }
      }),
    );
  });
});

describe("ReadingMemory", () => {
  test("reads once for all who ask meanwhile, and not again afterwards", async () => {
    const memory = new ReadingMemory(most);
    let readings = 0;
    const { promise, resolve } = Promise.withResolvers<string>();
    const read = () => {
      readings += 1;
      return promise;
    };
    const asked = [memory.load("a", read, () => 10), memory.load("a", read, () => 10)];
    resolve("read");
    assert.deepEqual(await Promise.all(asked), ["read", "read"]);
    assert.equal(await memory.load("a", read, () => 10), "read");
    assert.equal(readings, 1);
  });

  test("tells everybody who waits that nothing could be read, and reads again for the next", async () => {
    const memory = new ReadingMemory(most);
    const fail = () => Promise.reject(new Error("away"));
    const asked = [memory.load("a", fail, () => 10), memory.load("a", fail, () => 10)];
    for (const one of asked) await assert.rejects(one, { message: "away" });
    assert.equal(
      await memory.load(
        "a",
        async () => "there",
        () => 10,
      ),
      "there",
    );
  });

  test("makes what needs no waiting once", () => {
    const memory = new ReadingMemory(most);
    assert.equal(
      memory.make(
        "a",
        () => 1,
        () => 10,
      ),
      1,
    );
    assert.equal(
      memory.make(
        "a",
        () => 2,
        () => 10,
      ),
      1,
    );
  });
});
