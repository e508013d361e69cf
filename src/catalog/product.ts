import type { Fault } from "../platform/errors.ts";
import { isUuid } from "../platform/ids.ts";

/** What is said of a product, in no language. */
export interface ProductFields {
  /** Names the product in addresses and files; people choose it. */
  readonly key: string;
  readonly sku: string;
  /** Who makes or ships it; `own` is the merchant. */
  readonly providerId: string;
  /** By which tax rates know what is sold. */
  readonly taxCode: string;
  /** Goods that are sent. */
  readonly shippable: boolean;
  /** Food and drink that is handed over at a counter. */
  readonly consumable: boolean;
  /** Whether it is sold. */
  readonly active: boolean;
}

export interface Product extends ProductFields {
  readonly productId: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A key stands in addresses as it is. Source: RFC 3986, section 2.3, unreserved characters. */
export const productKeyPattern = "^[A-Za-z0-9][A-Za-z0-9._~-]{0,99}$";

/** Everything that is wrong with a product whose members have the right form. */
export function productFaults({ key, shippable, consumable }: ProductFields): Fault[] {
  const faults: Fault[] = [];
  if (isUuid(key)) faults.push({ pointer: "/key", detail: "Must not look like a UUID: those are ids." });
  if (shippable && consumable) {
    const detail = "What is handed over at a counter is not sent: one of shippable and consumable is false.";
    faults.push({ pointer: "/consumable", detail });
  }
  return faults;
}
