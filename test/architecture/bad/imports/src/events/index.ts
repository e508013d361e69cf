// Must not be caught.
export { append } from "./append-events.ts";
