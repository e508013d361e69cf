import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import { accountFiles, accountHeaders } from "./account-pages-view.ts";

/** Pages for whoever follows a link: opening one changes nothing, what it says is sent by a button. */
export function accountPageRoutes(): FastifyPluginAsync {
  return async (app: FastifyInstance) => {
    for (const { path, type, text } of accountFiles) {
      app.get(path, { config: { open: true }, schema: { hide: true } as object }, (_request, reply) =>
        reply.headers(accountHeaders).type(type).send(text),
      );
    }
  };
}
