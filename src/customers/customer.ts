/** Who is billed, and where. */
export interface Customer {
  readonly customerId: string;
  /** `user/…`, `anonymous/…` or `organization/…`. */
  readonly owner: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string | null;
  readonly company: string | null;
  readonly line1: string;
  readonly line2: string | null;
  readonly city: string;
  /** ISO 3166-2 with its country before it, as `US-CA`. */
  readonly region: string | null;
  readonly postalCode: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly taxId: string | null;
  /** The one that its owner is billed by if no other is named. */
  readonly isDefault: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What is known of a customer beside whose it is: what its owner writes. */
export type Billing = Omit<Customer, "customerId" | "owner" | "isDefault" | "createdAt" | "updatedAt">;

/** So many has one owner at most: an office for each country of a large company, and nobody fills a disk. */
export const mostCustomers = 100;
