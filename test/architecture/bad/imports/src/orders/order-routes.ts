// Must not be caught.
import type { FastifyInstance } from "fastify";
import { server } from "../http/server.ts";
import { ask } from "../payments/index.ts";
import { place } from "./place-orders.ts";
export const orderRoutes = (app: FastifyInstance) => [app, server, ask, place];
