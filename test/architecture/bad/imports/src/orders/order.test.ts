// Must not be caught: a test may look past a face.
import { append } from "../events/append-events.ts";
export const noon = append;
