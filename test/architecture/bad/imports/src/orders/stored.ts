// Must be caught by nouns-are-pure
import { insert } from "./order-queries.ts";
export const stored = insert;
