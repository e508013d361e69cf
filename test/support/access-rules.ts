import type { Principal, Whose } from "./access-principals.ts";
import type { Access, Ownership, Row, ThingKind } from "./access-table.ts";

/** What somebody must hear: it is done, or how it is refused. */
export type Expected = "allowed" | { readonly status: 401 | 403 | 404; readonly code: string };

/** What is not yours is not there. */
const absence: Readonly<Record<ThingKind, string>> = {
  line: "cart.line_not_found",
  cart: "cart.not_found",
  order: "order.not_found",
  customer: "customer.not_found",
  organization: "identity.organization_not_found",
  invitation: "identity.invitation_not_found",
};

type Reach = NonNullable<Principal["reach"]>["as"];

/** As which ones of an organization they may do it. */
const sufficient: Readonly<Record<Exclude<Ownership, "owner">, readonly Reach[]>> = {
  member: ["owner", "admin", "member"],
  admin: ["owner", "admin"],
  invited: ["invited"],
};

function forKey(scope: string, own: string): Expected {
  // Nobody gives or takes what is not theirs: who may only say who works here may hand out nothing else.
  if (scope === own && own === "staff:write") return { status: 403, code: "identity.beyond_yours" };
  return own === scope || own === "full" ? "allowed" : { status: 403, code: "http.scope_missing" };
}

function inBackOffice({ scope, roles }: Extract<Access, { kind: "scope" }>, principal: Principal): Expected {
  if (principal.scope !== undefined) return forKey(scope, principal.scope);
  if (principal.role === undefined) return { status: 401, code: "http.unauthorized" };
  return roles.includes(principal.role) ? "allowed" : { status: 403, code: "http.scope_missing" };
}

const signInFirst: Expected = { status: 401, code: "http.sign_in_needed" };

/** What is an organization's is seen by those who belong to it, and changed by owners and admins. */
function withThing({ method, access }: Row, principal: Principal, whose: Whose): Expected {
  if (!("of" in access)) throw new Error("Nobody owns what this is about.");
  const { kind, of } = access;
  if (kind !== "owner" && principal.userId === undefined) return signInFirst;
  const as = principal.reach?.whose === whose ? principal.reach.as : undefined;
  const isThere = as !== undefined && (as === "invited") === (kind === "invited");
  if (!isThere) return { status: 404, code: absence[of] };
  if (kind === "owner") {
    const isChange = method !== "GET" && method !== "HEAD";
    return isChange && as === "member" ? { status: 403, code: "customer.role_missing" } : "allowed";
  }
  return sufficient[kind].includes(as) ? "allowed" : { status: 403, code: "identity.organization_forbidden" };
}

/** What somebody must hear who uses a route, on something of these owners if it is about somebody's things. */
export function expectedOf(row: Row, principal: Principal, whose?: Whose): Expected {
  const { access } = row;
  switch (access.kind) {
    case "scope":
      return inBackOffice(access, principal);
    case "anybody":
    case "secret":
    case "shopper":
      return "allowed";
    case "user":
      return principal.userId === undefined ? signInFirst : "allowed";
    default:
      return withThing(row, principal, whose as Whose);
  }
}
