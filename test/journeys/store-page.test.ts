import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { givenSite, startServing } from "../support/serve.ts";
import { givenProduct, openStoreClient } from "../support/store-client.ts";

interface Command {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

/** The curl commands of a page, in their order. */
function commandsOf(page: string): Command[] {
  const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = ""]) => block.replaceAll("\\\n", " "));
  return blocks.map((command) => {
    const body = /-d '([^']*)'/.exec(command)?.[1];
    const method = /-X ([A-Z]+)/.exec(command)?.[1] ?? (body === undefined ? "GET" : "POST");
    const headers = [...command.matchAll(/-H "([^:"]+): ([^"]+)"/g)].map(([, name = "", value = ""]) => [
      name.toLowerCase(),
      value,
    ]);
    const path = /http:\/\/127\.0\.0\.1:8080(\/[^\s"]*)/.exec(command)?.[1] ?? "";
    return { method, path, headers: Object.fromEntries(headers), body };
  });
}

/** Every member of an answer by its name, wherever it stands; the first of a name counts. */
function membersOf(value: unknown, found = new Map<string, unknown>()): Map<string, unknown> {
  if (typeof value !== "object" || value === null) return found;
  for (const [name, member] of Object.entries(value)) {
    if (!found.has(name)) found.set(name, member);
    membersOf(member, found);
  }
  return found;
}

describe("the commands of docs/store.md", () => {
  test("lead from the shelf to an order that is paid", async () => {
    const commands = commandsOf(await readFile(new URL("../../docs/store.md", import.meta.url), "utf8"));
    assert.equal(commands.length, 6);
    const server = await startServing(await givenSite());
    await givenProduct(server, { key: "sencha" });
    const client = openStoreClient(server);
    const known = new Map<string, unknown>();
    const filled = (text: string) =>
      text.replace(/"?<(\w+)>"?/g, (whole, name: string) => {
        const value = known.get(name);
        assert.notEqual(value, undefined, `${name} is in no answer before`);
        return whole.startsWith('"') ? JSON.stringify(value) : String(value);
      });
    const statuses: unknown[] = [];
    for (const { method, path, headers, body } of commands) {
      const sent = body === undefined ? {} : { body: filled(body) };
      const answer = await client.send(method, filled(path), { headers, ...sent });
      assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
      const read = JSON.parse(answer.text);
      for (const [name, value] of membersOf(read)) known.set(name, value);
      if (path.endsWith("/checkout")) known.set("order_id", read.id);
      statuses.push(read.status);
    }
    assert.equal(statuses[4], "paid");
    assert.match(String(known.get("number")), /^ORD-\d{8}$/);
  });
});
