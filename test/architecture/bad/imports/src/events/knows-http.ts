// Must be caught by ladder-events: a neighbour on the same rung.
import { server } from "../http/server.ts";
export const known = server;
