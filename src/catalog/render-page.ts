import { tagOfText } from "../http/entity-tag.ts";
import { writeJson } from "../http/write-json.ts";
import type { ShownProduct } from "./showing.ts";
import {
  listedProductView,
  type StoreProductListView,
  type StoreProductView,
  storeProductView,
  type Viewer,
} from "./store-product-view.ts";

/** A page of the store as it goes over the wire. */
export interface Page {
  readonly body: Buffer;
  /** Its strong entity tag. */
  readonly tag: string;
  /** The languages of its words, for `Content-Language`; empty when it has none. */
  readonly languages: string;
}

/** Which part of a list is shown, and how much there is of it. */
export interface ListPlace {
  readonly page: number;
  readonly pageSize: number;
  readonly total: number;
}

function pageOf(view: StoreProductView | StoreProductListView, products: readonly StoreProductView[]): Page {
  const text = writeJson(view);
  const languages = new Set(products.flatMap(({ language }) => language ?? []));
  return { body: Buffer.from(text), tag: tagOfText(text), languages: [...languages].join(", ") };
}

export function renderProduct(product: ShownProduct, viewer: Viewer): Page {
  const view = storeProductView(product, viewer);
  return pageOf(view, [view]);
}

export function renderProducts(products: readonly ShownProduct[], viewer: Viewer, place: ListPlace): Page {
  const data = products.map((product) => listedProductView(product, viewer));
  return pageOf({ data, page: place.page, page_size: place.pageSize, total: place.total }, data);
}
