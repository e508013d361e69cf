import { randomUUID } from "node:crypto";
import type { Row } from "./access-table.ts";
import type { Targets } from "./access-targets.ts";
import type { Thing, ThingGround } from "./access-things.ts";
import type { Described } from "./described-api.ts";
import { requestOf } from "./run-example.ts";
import { someBilling } from "./store-client.ts";

/** Where a request goes, and what it brings. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

export interface RequestGround {
  readonly operations: readonly Described[];
  readonly targets: Targets;
  readonly things: ThingGround;
}

/** What the routes of the shop are sent, by what they are about. */
const bodies: Readonly<Record<string, (thing: Thing | undefined, ground: RequestGround) => unknown>> = {
  "POST /api/store/cart/lines": (_, { things }) => ({ price_id: things.priceId, quantity: 1 }),
  "POST /api/store/cart/buy-now": (_, { things }) => ({ price_id: things.priceId, quantity: 1 }),
  "POST /api/store/cart/accept-prices": (thing) => ({ lines: [{ line_id: thing?.ids.line_id, unit_amount: 1 }] }),
  "PATCH /api/store/cart/lines/:line_id": () => ({ quantity: 3 }),
  "POST /api/store/carts/:id/lines": (_, { things }) => ({ price_id: things.priceId, quantity: 1 }),
  "POST /api/store/carts/:id/accept-prices": (thing) => ({ lines: [{ line_id: thing?.ids.line_id, unit_amount: 1 }] }),
  "PATCH /api/store/carts/:id/lines/:line_id": () => ({ quantity: 3 }),
  "POST /api/store/checkout": (thing) => ({
    cart_id: thing?.ids.id,
    total_amount: thing?.amount,
    billing: someBilling,
  }),
  "POST /api/store/orders/:id/pay": () => ({}),
  "POST /api/store/customers": () => someBilling,
  "PATCH /api/store/customers/:id": () => ({ phone: "+81 3 1234 5678" }),
  "PATCH /api/store/auth/profile": () => ({ name: "Another Name" }),
  "POST /api/store/auth/organizations": () => ({ name: "Coffee Club" }),
  "POST /api/store/auth/organizations/:id/invitations": () => ({
    email: `${randomUUID()}@example.com`,
    role: "member",
  }),
  "PATCH /api/store/auth/organizations/:id/members/:member_id": () => ({ role: "admin" }),
  // Passwords are costly to compare and letters to send: a body that is refused shows that it was looked at.
  "POST /api/store/auth/sign-up": () => ({}),
  "POST /api/store/auth/sign-in": () => ({}),
  "POST /api/store/auth/request-password-reset": () => ({}),
  "POST /api/store/auth/change-password": () => ({}),
  "POST /api/store/auth/verify-email": () => ({}),
  "POST /api/store/auth/reset-password": () => ({}),
  "POST /api/store/auth/setup-owner": () => ({}),
  "POST /api/v1/orders/:order_id/webhook": () => ({}),
  "POST /api/v1/payments/sessions/:session_id": () => ({ action: "pay" }),
};

/** What stands for parameters that are nobody's secret and nobody's thing. */
function commonIds({ things, targets }: RequestGround): Readonly<Record<string, string>> {
  return {
    key: things.productKey,
    code: "http.not_found",
    file: "160.webp",
    image_id: String(targets["/api/v2/products"]?.image_id),
    session_id: "cs_unknown",
    order_id: "1",
    id: randomUUID(),
  };
}

function fill(path: string, ids: Readonly<Record<string, string | number>>): string {
  return path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(ids[name] ?? "")));
}

/** The example of the description, about the things that there are. */
function fromDescription({ method, path }: Row, { operations, targets }: RequestGround): Asked {
  const described = operations.find((one) => {
    return one.method === (method === "HEAD" ? "GET" : method) && one.path === path.replaceAll(/:(\w+)/g, "{$1}");
  });
  if (!described) throw new Error(`${method} ${path} is not described.`);
  const [, ids = {}] = Object.entries(targets).find(([beginning]) => path.startsWith(beginning)) ?? [];
  const { path: filled, body } = requestOf(described, ids);
  return { method, path: filled, ...(body === undefined ? {} : { body }) };
}

/** A request that whoever may use a route could send. */
export function askFor(row: Row, ground: RequestGround, thing?: Thing): Asked {
  const { method, path, access } = row;
  if (access.kind === "scope") return fromDescription(row, ground);
  const body = bodies[`${method} ${path}`]?.(thing, ground);
  return { method, path: fill(path, thing?.ids ?? commonIds(ground)), ...(body === undefined ? {} : { body }) };
}
