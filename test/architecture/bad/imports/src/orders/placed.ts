// Must be caught by nouns-are-pure: the face of another module leads to its verbs.
import { append } from "../events/index.ts";
export const placed = append;
