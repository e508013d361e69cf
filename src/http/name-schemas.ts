import { isDeepStrictEqual } from "node:util";

type Node = Record<string, unknown>;

/** Below these stand values, which may look like schemas and are none. */
const values = new Set(["example", "examples", "default", "const", "enum"]);
const typeName = /^[A-Z][A-Za-z0-9]*$/;

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a name stands for; two places may show it with different examples. */
function meaningOf({ examples: _, ...schema }: Node): Node {
  return schema;
}

/**
 * Moves every schema that has a title into `schemas` under it, and leaves references: what is described in many places
 * is printed once, and generated clients have a type of that name. Answers the rest.
 *
 * Throws when two different schemas have one title.
 */
export function nameSchemas(value: unknown, schemas: Node): unknown {
  if (Array.isArray(value)) return value.map((member) => nameSchemas(member, schemas));
  if (!isNode(value)) return value;
  const named = Object.entries(value).map(([key, member]) => [
    key,
    values.has(key) ? member : nameSchemas(member, schemas),
  ]);
  const { title, ...schema } = Object.fromEntries(named) as Node;
  if (typeof title !== "string") return { ...schema, ...(title === undefined ? {} : { title }) };
  if (!typeName.test(title)) throw new Error(`The schema's title "${title}" is no name of a type.`);
  const known = schemas[title];
  if (known === undefined) schemas[title] = schema;
  else if (!isDeepStrictEqual(meaningOf(known as Node), meaningOf(schema)))
    throw new Error(`Two different schemas are called ${title}.`);
  return { $ref: `#/components/schemas/${title}` };
}
