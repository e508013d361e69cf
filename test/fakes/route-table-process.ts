/**
 * The server in a process of its own, which prints one line of JSON with all its routes before it listens: the hidden ones,
 * too, with what each says of who may use it.
 */
import { subscribe } from "node:diagnostics_channel";
import type { FastifyInstance, RouteOptions } from "fastify";

function described({ url, config, schema }: RouteOptions, method: string): object {
  const { scope, shopper, open, keyless } = config ?? {};
  return { method, path: url, hidden: schema?.hide === true, scope, shopper, open, keyless };
}

// Before any other hook of the server, so that no route is registered unseen.
subscribe("fastify.initialization", (message) => {
  const { fastify } = message as { fastify: FastifyInstance };
  const routes: object[] = [];
  fastify.addHook("onRoute", (route) => {
    routes.push(...[route.method].flat().map((method) => described(route, method)));
  });
  fastify.addHook("onReady", async () => {
    process.stdout.write(`${JSON.stringify({ routes })}\n`);
  });
});

await import("./serve-process.ts");
