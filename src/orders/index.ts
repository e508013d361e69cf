export { isAboutOrder } from "./about-order.ts";
export { advanceOrder } from "./advance-order.ts";
export { cancelOrder } from "./cancel-order.ts";
export type { Author, OrderPolicy } from "./changes.ts";
export { checkOrderDraft } from "./check-order-draft.ts";
export { countOrders } from "./count-orders.ts";
export { OrderDetails } from "./details-view.ts";
export { localeOf } from "./draft.ts";
export { exportOrders } from "./export-orders.ts";
export {
  findOrderLetters,
  getOrderId,
  type OrderLetter,
} from "./find-orders.ts";
export { findReferences, findUids, type PlacedBefore } from "./find-references.ts";
export { findBoughtOrders } from "./find-shopper-orders.ts";
export { linkToOrder, type OrderLinks } from "./link-to-order.ts";
export { moveShopperOrders } from "./move-shopper-orders.ts";
export { nameOrders } from "./name-orders.ts";
export { type GivenToOrder, type NewOrder, newOrderOf, type PaymentPlan } from "./new-order.ts";
export { noteOnOrders, type OrderNote } from "./note-on-orders.ts";
export { orderNumber } from "./number.ts";
export { type Order, type OrderItem, type OrderStatus, type OrderWithItems, orderStatuses } from "./order.ts";
export type { OrderDraft } from "./order-draft.ts";
export { type OrderIdStock, openOrderIdStock } from "./order-id-stock.ts";
export { parseOrderFilter } from "./order-list-filter.ts";
export type { OrderConditions } from "./order-list-queries.ts";
export { findSearchMark } from "./order-search-queries.ts";
export type { Origin } from "./origin.ts";
export { noOrigin } from "./origin.ts";
export { payBatch } from "./pay-batch.ts";
export { type PaidPlaced, type PayPlaced, type PlacedTogether, payPlacedOrders } from "./pay-placed-flow.ts";
export { openPayingPlace, type PayingPlace, type PayingPlaces } from "./paying-place.ts";
export { type Counter, openPaymentDesk, type PaymentDesk } from "./payment-desk-flow.ts";
export { attemptToPayForOrder, openPaymentPage } from "./payment-page-flow.ts";
export type { PaymentResult, SettlementOutcome } from "./payment-result.ts";
export { type Placement, placeOrders } from "./place-orders.ts";
export type { FromCart } from "./purchase.ts";
export { type DraftedOrder, type DraftRules, readOrderDraft } from "./read-order-draft.ts";
export { refundPayment } from "./refund-payment.ts";
export { type Settlement, settlePayments } from "./settle-payments.ts";
export { settleRefund } from "./settle-refund.ts";
export { type BoughtOrder, StoreOrderView, storeOrderText } from "./store-order-view.ts";
export { type CameTogether, type OrderSum, sumOrders, sumsByCurrency } from "./sum-orders.ts";
export { type LetterKind, tellCustomer } from "./tell-customer.ts";
export { type OrderTold, tellOrders } from "./tell-orders.ts";
