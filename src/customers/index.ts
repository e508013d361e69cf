export { createCustomer } from "./create-customer.ts";
export type { Customer } from "./customer.ts";
export { CustomerDraft } from "./customer-draft.ts";
export { findCustomer, findDefaultCustomer } from "./find-customers.ts";
export { findReach } from "./find-reach.ts";
export { moveCustomers } from "./move-customers.ts";
