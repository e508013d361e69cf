// Must be caught by through-the-face
import { append } from "../events/append-events.ts";
export const reached = append;
