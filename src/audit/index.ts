export { type Doer, doerOf } from "./entry.ts";
export { findEntries } from "./find-entries.ts";
export { recordAction } from "./record-action.ts";
