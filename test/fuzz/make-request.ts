import { between, chance, type Dice, oneOf } from "./choose.ts";
import type { FuzzRequest, Header } from "./fuzz-request.ts";
import { treeOf } from "./json-tree.ts";
import { makeValue } from "./make-value.ts";
import type { Pools } from "./pools.ts";
import type { Operation, Parameter } from "./read-operations.ts";
import { starters, usualValues } from "./starters.ts";

export interface Source {
  readonly dice: Dice;
  readonly pools: Pools;
}

type Wanted = Readonly<Record<string, unknown>>;

function textFor(parameter: Parameter, path: string, { dice, pools }: Source, wanted: Wanted): string {
  const { name, schema } = parameter;
  const chosen = wanted[`{${name}}`];
  if (typeof chosen === "string") return chosen;
  const ids = parameter.in === "path" ? pools.idsFor(path, name) : [];
  if (ids.length > 0) return oneOf(dice, ids);
  // A segment without a letter is another path.
  return String(
    makeValue(parameter.in === "path" ? { minLength: 1, ...schema } : schema, name, {
      dice,
      known: (one) => usualValues[one] ?? pools.named(one),
    }),
  );
}

function queryOf({ parameters, path }: Operation, source: Source, wanted: Wanted): string {
  const chosen = parameters
    .filter((parameter) => parameter.in === "query" && (parameter.required || chance(source.dice, 0.25)))
    .map((parameter) => `${parameter.name}=${encodeURIComponent(textFor(parameter, path, source, wanted))}`);
  return chosen.length === 0 ? "" : `?${chosen.join("&")}`;
}

function targetOf(operation: Operation, source: Source, wanted: Wanted): string {
  const path = operation.path.replace(/\{([^}]+)\}/g, (_whole, name: string) => {
    const parameter = operation.parameters.find((one) => one.in === "path" && one.name === name);
    return encodeURIComponent(parameter ? textFor(parameter, operation.path, source, wanted) : "1");
  });
  return path + queryOf(operation, source, wanted);
}

function bodyOf({ body }: Operation, { dice, pools }: Source, wanted: Wanted): unknown {
  if (!body) return undefined;
  const made = makeValue(body, "", { dice, known: (one) => usualValues[one] ?? pools.named(one) });
  if (Array.isArray(made)) return wanted["[]"] ?? made;
  if (typeof made !== "object" || made === null) return made;
  const members = Object.entries({ ...made, ...wanted }).filter(
    ([name, value]) => !name.startsWith("{") && value !== undefined,
  );
  return Object.fromEntries(members);
}

const writes = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/** A request that the description takes, and most often the program too. */
export function makeRequest(operation: Operation, source: Source): FuzzRequest {
  const { dice, pools } = source;
  const wanted = starters[operation.id]?.(dice, pools) ?? {};
  const target = targetOf(operation, source, wanted);
  const body = bodyOf(operation, source, wanted);
  const headers: Header[] = [];
  if (writes.has(operation.method) && !operation.open)
    headers.push(["Idempotency-Key", `fuzz-${between(dice, 0, 1e12)}-${between(dice, 0, 1e12)}`]);
  return {
    operation,
    method: operation.method,
    target,
    headers,
    body: body === undefined ? undefined : treeOf(body),
    what: `${operation.id} as described`,
  };
}
