import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Serving, startServe } from "../../src/app.ts";
import { readConfig } from "../../src/platform/config.ts";
import { testDatabase } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { callOf, pagesForUsers, shownCalls } from "./check-documents.ts";
import { readRepository, root } from "./read-repository.ts";

interface Example {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

type Paths = Readonly<Record<string, object>>;

/** The curl commands of a page, as requests: address, headers, body. */
function examplesOf(page: string): Example[] {
  const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block ?? "");
  const commands = blocks.flatMap((block) => block.replaceAll("\\\n", " ").split(/^(?=curl )/m));
  return commands
    .filter((command) => command.startsWith("curl "))
    .map((command) => ({
      path: /http:\/\/127\.0\.0\.1:8080(\/[^\s"]*)/.exec(command)?.[1] ?? "",
      headers: Object.fromEntries(
        [...command.matchAll(/-H "([^:"]+): ([^"]+)"/g)].map(([, name, value]) => [name ?? "", value ?? ""]),
      ),
      body: /-d '([^']*)'/.exec(command)?.[1],
    }));
}

describe("the commands of README.md", () => {
  let dataDir = "";
  let serving: Serving;
  let examples: Example[] = [];

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "orderwell-readme-"));
    const { url } = await testDatabase();
    serving = await startServe(readConfig({ DATA_DIR: dataDir, PORT: "0", LOG_LEVEL: "silent" }), url);
    examples = examplesOf(await readFile(join(root, "README.md"), "utf8"));
  });

  after(async () => {
    await serving?.stop();
    await rm(dataDir, { recursive: true });
  });

  async function run({ path, headers, body }: Example): Promise<{ status: number; text: string }> {
    const own = Object.entries(headers).map(([name, value]) => [name, value.replace("$ORDERWELL_KEY", serving.apiKey)]);
    const answer = await fetch(`${serving.address}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: Object.fromEntries(own),
      ...(body === undefined ? {} : { body }),
    });
    return { status: answer.status, text: await answer.text() };
  }

  test("place a Japanese order that is paid, exactly, and again the same", async () => {
    const placing = examples.filter(({ body }) => body !== undefined);
    assert.equal(placing.length, 1);
    const first = await run(placing[0] as Example);
    assert.equal(first.status, 201, first.text);
    assert.match(first.text, /"status": ?"paid"/);
    assert.match(first.text, /"total_amount": ?182580(\.0)?[,}]/);
    assert.deepEqual(await run(placing[0] as Example), first);
  });

  test("then show its timeline and the feed", async () => {
    const reading = examples.filter(({ headers, body }) => body === undefined && "Authorization" in headers);
    assert.equal(reading.length, 2);
    // The feed follows the commit by some milliseconds.
    for (const example of reading) {
      await eventually(`${example.path} tells of it`, async () => (await run(example)).text.includes("OrderConfirmed"));
    }
  });

  test("show the shelves to whoever comes", async () => {
    const open = examples.filter(({ headers }) => !("Authorization" in headers));
    assert.equal(open.length, 1);
    const { status, text } = await run(open[0] as Example);
    assert.equal(status, 200, text);
    assert.deepEqual(JSON.parse(text).data, []);
  });

  test("name pages that are served", async () => {
    for (const path of ["/mails", "/docs"]) {
      const { status } = await run({ path, headers: {}, body: undefined });
      assert.equal(status, 200, path);
    }
  });

  test("and the other pages name calls of the API that there are", async () => {
    const { paths } = (await (await fetch(`${serving.address}/openapi.json`)).json()) as { paths: Paths };
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => callOf(method, path)),
    );
    const pages = pagesForUsers(await readRepository());
    const shown = pages.flatMap((page) => shownCalls(page).map((call) => ({ page: page.path, call })));
    assert.ok(shown.length > 25, `${shown.length} calls are named`);
    assert.deepEqual(
      shown.filter(({ call }) => !described.includes(call)),
      [],
    );
    const lost = shownCalls({ path: "a.md", text: "Ask `GET /api/v2/lost/{id}/` for it, or GET /api/v2/lost.csv." });
    assert.deepEqual(lost, ["GET /api/v2/lost/{}", "GET /api/v2/lost.csv"]);
    assert.ok(!lost.some((call) => described.includes(call)));
  });
});
