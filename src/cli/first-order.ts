/** A first order, for a shop that takes yen: the one of the README. */
const order = {
  customer_email: "tanaka@example.co.jp",
  customer_name: "田中太郎",
  currency: "JPY",
  items: [
    { product_name: "ノートPC", quantity: 2, unit_price: 89800 },
    { product_name: "マウス", quantity: 1, unit_price: 2980 },
  ],
};

/** A line that can be pasted into a shell and places an order. */
export function orderCurl(address: string, apiKey: string): string {
  return [
    `curl ${address}/api/v1/orders/`,
    `-H 'Authorization: Bearer ${apiKey}'`,
    "-H 'Content-Type: application/json'",
    "-H 'Idempotency-Key: my-first-order'",
    `-d '${JSON.stringify(order)}'`,
  ].join(" ");
}

const readPaths: readonly (readonly [scope: string, path: string])[] = [
  ["orders:read", "/api/v1/orders/?limit=1"],
  ["events:read", "/api/v2/events?limit=1"],
  ["mails:read", "/api/v2/mails?limit=1"],
];

/** A line that can be pasted and that a key with these scopes may run. */
export function curlFor(address: string, apiKey: string, scopes: readonly string[]): string {
  if (scopes.includes("full") || scopes.includes("orders:write")) return orderCurl(address, apiKey);
  const path = readPaths.find(([scope]) => scopes.includes(scope))?.[1] ?? "/health/ready";
  return `curl '${address}${path}' -H 'Authorization: Bearer ${apiKey}'`;
}
