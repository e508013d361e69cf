/** A draft of v2 as JSON, worth 300 cents of USD; each part can be chosen. */
export function draftBody(reference: string | undefined, wanted: object = {}): Record<string, unknown> {
  return {
    ...(reference === undefined ? {} : { external_reference: reference }),
    customer_email: "ann@example.com",
    customer_name: "Ann",
    currency: "USD",
    items: [
      { product_name: "Tea", quantity: 1, unit_price: 100 },
      { product_name: "Cup", quantity: 2, unit_price: 100 },
    ],
    ...wanted,
  };
}

export interface BatchMemberAnswer {
  readonly index: number;
  readonly outcome: "placed" | "duplicate" | "rejected";
  readonly external_reference: string | null;
  readonly order: { readonly id: string; readonly status: string; readonly total_amount: number } | null;
  readonly problem: { readonly code: string; readonly errors?: readonly { readonly pointer: string }[] } | null;
}

export interface BatchAnswer {
  readonly batch_id: string | null;
  readonly placed: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly data: readonly BatchMemberAnswer[];
}
