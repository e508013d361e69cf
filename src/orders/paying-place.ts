import type { PublicAddress } from "../platform/public-address.ts";
import type { Order } from "./order.ts";
import { orderReturnUrlWrong } from "./order-errors.ts";

/** Where an order leads its shopper. */
export interface PayingPlace {
  /** Where the gateway's page sends the shopper back to. */
  returnUrl(order: Order): string;
}

/** Where shoppers may be sent. */
export interface PayingPlaces {
  readonly publicAddress: PublicAddress;
  /** Origins of shop pages on other hosts. */
  readonly trustedOrigins: readonly string[];
}

/**
 * Where a gateway's page sends the shopper back to: the order's page, or where the shop wants it, which is told the order
 * as `?order=`. Only to pages of ours or of origins that were named: else a link of ours would lead anywhere.
 * @throws order.return_url_wrong
 */
export function openPayingPlace(places: PayingPlaces, returnUrl: string | undefined): PayingPlace {
  const own = places.publicAddress.url();
  if (returnUrl === undefined) return { returnUrl: ({ uid }: Order) => `${own}/orders/${uid}` };
  const wanted = URL.canParse(returnUrl) ? new URL(returnUrl) : undefined;
  const origins = [new URL(own).origin, ...places.trustedOrigins];
  if (!wanted || !origins.includes(wanted.origin) || wanted.username !== "" || wanted.password !== "") {
    const detail = "Must be an address of this shop, or of an origin in TRUSTED_ORIGINS.";
    throw orderReturnUrlWrong({}, { faults: [{ pointer: "/return_url", detail }] });
  }
  return {
    returnUrl({ uid }: Order) {
      const back = new URL(wanted);
      back.searchParams.set("order", uid);
      return back.href;
    },
  };
}
