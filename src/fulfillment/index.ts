export { type Fulfilment, ownPart, type Processing, type ProviderOrder } from "./part.ts";
export { findProviderOrders } from "./part-queries.ts";
export { saveProviderOrders, startProviderOrders } from "./record-parts.ts";
