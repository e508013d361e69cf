// Must be caught by routes-decide-nothing
import { insert } from "./order-queries.ts";
export const readRoutes = insert;
