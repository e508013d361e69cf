/** Who is asking, as an API key or a session says. */
export interface Principal {
  /** Unique and stable; idempotency keys belong to it. */
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** Known by a cookie, which browsers send by themselves: its writes must come from our own pages. */
  readonly byCookie?: true;
}

/** The scope that covers every other. */
export const fullScope = "full";

/** Who asks on an open route. Nothing is kept in its name, since it stands for everybody. */
export const anonymous: Principal = { id: "anonymous", name: "anonymous", scopes: [] };

export function hasScope(principal: Principal, scope: string): boolean {
  return principal.scopes.includes(scope) || principal.scopes.includes(fullScope);
}
