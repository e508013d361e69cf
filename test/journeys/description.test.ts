import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type ApiDocument, exampleOf, operationsOf } from "../support/described-api.ts";
import { lintDescription } from "../support/lint-description.ts";
import { givenSite, startServing } from "../support/serve.ts";

let document: ApiDocument;

before(async () => {
  const server = await startServing(await givenSite());
  document = JSON.parse((await server.send("GET", "/openapi.json")).text);
  await server.stop();
});

/** The document with something broken in it. */
function broken(path: string, change: (operation: Record<string, unknown>) => void): object {
  const copy = structuredClone(document);
  change(Object.values(copy.paths[path] ?? {})[0] as Record<string, unknown>);
  return copy;
}

/** What an operation lacks, as a sentence for each. */
function lacks({ paths }: ApiDocument): string[] {
  return operationsOf({ ...document, paths }).flatMap(({ id, hasBody, body, parameters, responses }) => [
    ...(hasBody && (body === undefined || exampleOf(body) === undefined) ? [`${id} has no example of its body.`] : []),
    ...parameters
      .filter((parameter) => parameter.in === "path" && exampleOf(parameter) === undefined)
      .map(({ name }) => `${id} has no example of ${name}.`),
    ...Object.entries(responses).flatMap(([status, { content }]) =>
      content && Object.values(content).some((media) => exampleOf(media) === undefined)
        ? [`${id} has no example of its answer ${status}.`]
        : [],
    ),
  ]);
}

describe("the API description", () => {
  test("is valid OpenAPI 3.1, by a public linter's strictest rules", async () => {
    assert.equal(document.openapi, "3.1.0");
    assert.deepEqual(await lintDescription(document), []);
  });

  test("shows what every operation takes and answers", () => {
    assert.ok(operationsOf(document).length > 10);
    assert.deepEqual(lacks(document), []);
  });

  test("groups routes by what it describes, and describes nothing else", () => {
    const used = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).flatMap(({ tags }) => tags as string[]),
    );
    const described = (document.tags as { name: string }[]).map(({ name }) => name);
    assert.deepEqual(described.sort(), [...new Set(used)].sort());
  });

  test("names its types: an order, its items, amounts and problems, what is sold and what is in a cart", () => {
    const { schemas } = document.components as { schemas: Record<string, object> };
    const names = Object.keys(schemas);
    for (const name of [
      "Order",
      "OrderItem",
      "MinorUnits",
      "OrderStatus",
      "OrderV1",
      "OrderV1Draft",
      "Event",
      "Problem",
      "StoreProduct",
      "Cart",
      "CartLine",
      "Checkout",
      "StoreOrder",
      "Product",
      "Price",
      "TaxRate",
      "Customer",
    ])
      assert.ok(names.includes(name), name);
  });
});

describe("a broken description is caught:", () => {
  const path = "/api/v2/orders/{id}";
  const cases: [string, string, (operation: Record<string, unknown>) => void][] = [
    ["no operationId", "operation-operationId", (operation) => delete operation.operationId],
    [
      "an operationId that is another's",
      "operation-operationId-unique",
      (operation) => {
        operation.operationId = "listOrdersV1";
      },
    ],
    ["no summary", "operation-summary", (operation) => delete operation.summary],
    [
      "a tag that nothing describes",
      "operation-tag-defined",
      (operation) => {
        operation.tags = ["Ordres"];
      },
    ],
    ["no security", "security-defined", (operation) => delete operation.security],
    [
      "a parameter that the path lacks",
      "path-parameters-defined",
      (operation) => {
        operation.parameters = [];
      },
    ],
    [
      "a parameter without a word about it",
      "parameter-description",
      (operation) => {
        delete (operation.parameters as { description?: string }[])[0]?.description;
      },
    ],
    [
      "a reference to nothing",
      "no-unresolved-refs",
      (operation) => {
        operation.responses = { 200: { $ref: "#/components/responses/Lost" } };
      },
    ],
    [
      "a member that OpenAPI does not know",
      "struct",
      (operation) => {
        operation.sumary = "Read one order";
      },
    ],
    [
      "an example that its schema refuses",
      "no-invalid-media-type-examples",
      (operation) => {
        const { 200: found } = operation.responses as Record<string, { content: Record<string, { example: unknown }> }>;
        if (found?.content["application/json"]) found.content["application/json"].example = { id: 1 };
      },
    ],
  ];

  for (const [what, rule, change] of cases) {
    test(what, async () => {
      const findings = await lintDescription(broken(path, change));
      assert.ok(
        findings.some((finding) => finding.rule === rule),
        JSON.stringify(findings),
      );
    });
  }

  test("no example of a body, of a parameter, of an answer", () => {
    const without = structuredClone(document);
    const place = without.paths["/api/v1/orders"]?.post as { requestBody: { content: object } };
    const read = without.paths["/api/v1/orders/{order_id}"]?.get as unknown as {
      parameters: { example?: unknown }[];
      responses: Record<string, { content: Record<string, { example?: unknown }> }>;
    };
    place.requestBody.content = { "application/json": { schema: {} } };
    delete read.parameters[0]?.example;
    delete read.responses[200]?.content["application/json"]?.example;
    assert.deepEqual(lacks(without), [
      "placeOrderV1 has no example of its body.",
      "getOrderV1 has no example of order_id.",
      "getOrderV1 has no example of its answer 200.",
    ]);
  });
});
