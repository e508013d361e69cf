// Must not be caught: a type opens nothing.
import type { IncomingHttpHeaders } from "node:http";
export const read = (headers: IncomingHttpHeaders) => headers;
