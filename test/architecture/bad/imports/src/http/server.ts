// Must not be caught.
import { createServer } from "node:http";
import fastify from "fastify";
import { exponent } from "../platform/money.ts";
export const server = { createServer, fastify, exponent };
