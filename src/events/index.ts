export { appendEvents } from "./append-events.ts";
export type { NewEvent, StreamKind } from "./event.ts";
