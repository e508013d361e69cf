import { between, chance, type Dice, oneOf } from "./choose.ts";
import { starterOf } from "./choose-starter.ts";
import type { FuzzRequest, Header } from "./fuzz-request.ts";
import { treeOf } from "./json-tree.ts";
import { makeValue } from "./make-value.ts";
import type { Making, Values } from "./making.ts";
import type { Crowd, Person } from "./open-crowd.ts";
import type { Pools } from "./pools.ts";
import type { Operation, Parameter } from "./read-operations.ts";
import { usualValues } from "./starters.ts";

export interface Source {
  readonly dice: Dice;
  readonly pools: Pools;
  /** Who shops, where somebody does. */
  readonly crowd?: Crowd | undefined;
}

const othersShare = 0.1; // How often somebody names what is others'.

function textFor(parameter: Parameter, path: string, { dice, pools }: Source, wanted: Values): string {
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

function queryOf({ parameters, path }: Operation, source: Source, wanted: Values): string {
  const chosen = parameters
    .filter(({ in: where }) => where === "query")
    .filter(({ name, required }) => required || `{${name}}` in wanted || chance(source.dice, 0.25))
    .map((parameter) => `${parameter.name}=${encodeURIComponent(textFor(parameter, path, source, wanted))}`);
  return chosen.length === 0 ? "" : `?${chosen.join("&")}`;
}

function targetOf(operation: Operation, source: Source, wanted: Values): string {
  const path = operation.path.replace(/\{([^}]+)\}/g, (_whole, name: string) => {
    const parameter = operation.parameters.find((one) => one.in === "path" && one.name === name);
    return encodeURIComponent(parameter ? textFor(parameter, operation.path, source, wanted) : "1");
  });
  return path + queryOf(operation, source, wanted);
}

function bodyOf({ body }: Operation, { dice, pools }: Source, wanted: Values): unknown {
  if (!body) return undefined;
  const made = makeValue(body, "", { dice, known: (one) => usualValues[one] ?? pools.named(one) });
  if (Array.isArray(made)) return wanted["[]"] ?? made;
  if (typeof made !== "object" || made === null) return made;
  const members = Object.entries({ ...made, ...wanted }).filter(
    ([name, value]) => !name.startsWith("{") && value !== undefined,
  );
  return Object.fromEntries(members);
}

/** Who asks, where cookies tell. */
function askerOf({ asker }: Operation, { dice, crowd }: Source): Person | undefined {
  if (!crowd || asker === "key" || asker === "nobody") return undefined;
  return oneOf(dice, asker === "user" ? crowd.users : [...crowd.shoppers, ...crowd.users]);
}

/** A request that the description takes, and most often the program too. */
export function makeRequest(operation: Operation, source: Source): FuzzRequest {
  const { dice, pools: all, crowd } = source;
  const person = askerOf(operation, source);
  const pools = person && !chance(dice, othersShare) ? person.pools : all;
  const making: Making = { dice, pools, all, crowd, person };
  const { by = person, ...wanted } = starterOf(operation.id)?.(making) ?? {};
  const target = targetOf(operation, { dice, pools }, wanted);
  const body = bodyOf(operation, { dice, pools }, wanted);
  const headers: Header[] = [];
  if (operation.keyed) headers.push(["Idempotency-Key", `fuzz-${between(dice, 0, 1e12)}-${between(dice, 0, 1e12)}`]);
  return {
    operation,
    method: operation.method,
    target,
    headers,
    body: body === undefined ? undefined : treeOf(body),
    what: `${operation.id} as described`,
    ...(by ? { by } : {}),
  };
}
