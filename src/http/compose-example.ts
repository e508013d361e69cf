/** A JSON schema, as far as the API description looks into one. */
export interface Schema {
  readonly type?: unknown;
  readonly format?: string;
  readonly title?: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

const ofFormat: Readonly<Record<string, string>> = {
  uuid: "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f",
  "date-time": "2026-11-23T12:00:00.000Z",
};

function composeObject(properties: Readonly<Record<string, Schema>>): object {
  const members = Object.entries(properties).map(([name, member]) => [name, composeExample(member)] as const);
  return Object.fromEntries(members.filter(([, example]) => example !== undefined));
}

/**
 * An example of what a schema describes, put together from those of its members, so that each stands once, beside what
 * it is an example of. A member without one is left out, and the linter of the description then misses it.
 */
export function composeExample(schema: Schema): unknown {
  const [written] = schema.examples ?? [];
  if (written !== undefined) return written;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.type === "null") return null;
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms) return forms.map(composeExample).find((example) => example !== undefined);
  if (schema.properties) return composeObject(schema.properties);
  if (schema.items) return [composeExample(schema.items)].filter((example) => example !== undefined);
  return ofFormat[schema.format ?? ""];
}
