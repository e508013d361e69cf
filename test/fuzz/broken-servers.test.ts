import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { refusal } from "../../src/platform/errors.ts";
import { testServer } from "../support/http-server.ts";
import { assertNothingFound, listUnreached } from "./describe-findings.ts";
import type { Sender } from "./fuzz-request.ts";
import { openJudge, readProblems } from "./judge-answer.ts";
import { openPools } from "./pools.ts";
import { type ApiDocument, type Operation, readOperations } from "./read-operations.ts";
import { type Campaign, openCampaign } from "./run-campaign.ts";

/** Every rule is proved by a server that breaks it and nothing else. */

const refused = refusal<Record<string, never>>("thing.refused", "conflict", () => "Not this one.");
const unregistered = refusal<Record<string, never>>("thing.forgotten", "conflict", () => "Nobody wrote this down.");

interface Thing {
  readonly name: string;
  readonly count: number;
}

type Serve = (thing: Thing, kept: Thing[], sides: { request: FastifyRequest; reply: FastifyReply }) => unknown;

/** A server that keeps things and refuses those with a negative count, but for what a test changes of it. */
const sound: Serve = (thing, kept, { request, reply }) => {
  if (thing.count < 0) throw refused({});
  const key = request.headers["idempotency-key"];
  const again = kept.some((one) => (one as Thing & { key?: unknown }).key === key);
  if (again) reply.header("idempotent-replayed", "true");
  else kept.push({ ...thing, key } as Thing);
  return reply
    .code(201)
    .type("application/json")
    .send(JSON.stringify({ name: thing.name }));
};

/** As the sound server, except for negative counts. */
const negative =
  (serve: Serve): Serve =>
  (thing, kept, sides) =>
    thing.count < 0 ? serve(thing, kept, sides) : sound(thing, kept, sides);

const visits = 12; // One in four has a negative count.
const spoils = 120;

interface Circumstances {
  /** The server takes whatever comes. */
  readonly unchecked?: true;
  readonly patienceMs?: number;
}

interface Fought {
  readonly campaign: Campaign;
  readonly sender: Sender;
  readonly operations: readonly Operation[];
}

async function fight(serve: Serve, { unchecked, patienceMs }: Circumstances = {}): Promise<Fought> {
  const kept: Thing[] = [];
  const page = await readFile(new URL("../../docs/errors.md", import.meta.url), "utf8");
  const problems = readProblems(`${page}\n| \`thing.refused\` | 409 |`);
  const body = Type.Object(
    { name: Type.String({ minLength: 1 }), count: Type.Integer({ minimum: unchecked ? 0 : -10, maximum: 30 }) },
    { additionalProperties: false },
  );
  const response = { 201: Type.Object({ name: Type.String() }) };
  const schema = { operationId: "keepThing", body, response };
  const { app, listen } = await testServer((server) => {
    server.post(
      "/things",
      { config: { scope: "orders:write" }, schema, ...(unchecked ? { validatorCompiler: () => () => true } : {}) },
      (request, reply) => serve(request.body as Thing, kept, { request, reply }),
    );
  });
  const { origin } = await listen();
  const described = readOperations(app.swagger() as unknown as ApiDocument);
  const operations = described.filter(({ id }) => id === "keepThing");
  const sender: Sender = { origin, apiKey: "owner", sign: () => [] };
  const tables = async () => ({ things: String(kept.length) });
  const campaign = openCampaign({
    seed: 7,
    sender,
    operations: operations.map(withConflict),
    judge: openJudge(problems),
    pools: openPools(),
    ...(patienceMs === undefined ? {} : { patienceMs }),
    quiet: async () => {},
    tables,
  });
  await campaign.visit(operations.map(withConflict), visits);
  await campaign.spoil(spoils);
  return { campaign, sender, operations };
}

/** The refusal of these servers stands in no description, so it is put there. */
function withConflict(operation: Operation): Operation {
  const others = operation.answers.get("default") ?? new Map();
  return { ...operation, answers: new Map([["409", others], ...operation.answers]) };
}

describe("a server that is sound", () => {
  let fought: Fought;
  before(async () => {
    fought = await fight(sound);
  });
  after(() => fought.campaign.close());

  test("is found to be so", async () => {
    await assertNothingFound(fought.campaign, fought.sender);
    assert.ok(fought.campaign.requests > spoils);
  });

  test("has done what it is for, and a server that was never asked has not", () => {
    assert.deepEqual(listUnreached(fought.campaign, fought.operations), []);
    assert.deepEqual(listUnreached({ answered: new Map() }, fought.operations), ["keepThing"]);
    assert.deepEqual(listUnreached({ answered: new Map([["keepThing", new Map([[422, 9]])]]) }, fought.operations), [
      "keepThing",
    ]);
  });
});

describe("a server that is broken is found out", () => {
  const broken: [what: string, rule: string, serve: Serve, circumstances?: Circumstances][] = [
    [
      "when one input makes it fail",
      "server-error",
      negative(() => {
        throw new Error("Negative.");
      }),
    ],
    [
      "when it writes and then refuses",
      "half-done",
      negative((thing, kept) => {
        kept.push(thing);
        throw refused({});
      }),
    ],
    [
      "when a refusal is a page",
      "problem-type",
      negative((_t, _k, { reply }) => reply.code(409).type("text/html").send("No.")),
    ],
    [
      "when a refusal is no document",
      "problem-json",
      negative((_t, _k, { reply }) => reply.code(409).type("application/problem+json").send("No.")),
    ],
    [
      "when nobody wrote the refusal down",
      "problem-unregistered",
      negative(() => {
        throw unregistered({});
      }),
    ],
    [
      "when a refusal tells what is inside",
      "tells-insides",
      negative((_t, _k, { reply }) =>
        reply
          .code(409)
          .type("application/problem+json")
          .send(
            '{"type":"/problems/thing.refused","title":"Conflict","status":409,"code":"thing.refused","detail":"insert into things.things violates things_pkey"}',
          ),
      ),
    ],
    [
      "when the document has another status",
      "problem-status",
      negative((_t, _k, { reply }) =>
        reply
          .code(409)
          .type("application/problem+json")
          .send(
            '{"type":"/problems/thing.refused","title":"Conflict","status":400,"code":"thing.refused","detail":"No."}',
          ),
      ),
    ],
    [
      "when it answers what it does not describe",
      "undescribed",
      negative((_t, _k, { reply }) => reply.code(202).send()),
    ],
    [
      "when the answer has another form",
      "unlike-description",
      negative((_t, _k, { reply }) => reply.code(201).type("application/json").send('{"name":7}')),
    ],
    [
      "when it asks to come back and does not say when",
      "no-retry-after",
      negative((_t, _k, { reply }) => reply.code(503).type("application/problem+json").send("{}")),
    ],
    ["when it never answers", "hang", negative(() => new Promise(() => {})), { patienceMs: 100 }],
    [
      "when it drops the connection",
      "no-answer",
      negative((_t, _k, { reply }) => {
        reply.hijack();
        reply.raw.destroy();
      }),
    ],
    [
      "when it answers with half a message",
      "half-an-answer",
      negative((_t, _k, { reply }) => {
        reply.hijack();
        reply.raw.socket?.end("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{");
      }),
    ],
    [
      "when it takes what its description does not",
      "accepted",
      (_t, _k, { reply }) => reply.code(201).send(),
      { unchecked: true },
    ],
    [
      "when a repetition is done again",
      "replay-differs",
      (thing, kept, { reply }) => {
        kept.push(thing);
        return reply
          .code(201)
          .type("application/json")
          .send(JSON.stringify({ name: `thing ${kept.length}` }));
      },
    ],
    [
      "when it does not say that it repeats itself",
      "replay-untold",
      (_t, _k, { reply }) => reply.code(201).type("application/json").send('{"name":"thing"}'),
    ],
  ];

  for (const [what, rule, serve, circumstances] of broken) {
    test(what, async () => {
      const { campaign, sender } = await fight(serve, circumstances);
      const rules = new Set(campaign.findings.map((finding) => finding.rule));
      assert.ok(rules.has(rule), [...rules].join(", "));
      await assert.rejects(assertNothingFound(campaign, sender), new RegExp(`${rule}, \\d+ times`));
      campaign.close();
    });
  }
});
