// Must be caught by fastify-in-http-and-routes
import fastify from "fastify";
export const answered = fastify;
