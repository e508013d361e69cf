import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from "fastify";
import { openSessions, openShoppers } from "../../src/identity/index.ts";
import { systemClock } from "../../src/platform/clock.ts";
import type { Db } from "../../src/platform/db.ts";

/** For servers of tests: knows anonymous shoppers by the cookies that it signs. Nobody signs in there. */
export function testShoppers(db: Db) {
  const options = { secret: "a secret of tests, 32 bytes long", secure: false };
  const sessions = openSessions({ db, clock: systemClock }, options);
  return openShoppers(db, { ...options, sessions, onSignedIn: async () => {} });
}

export interface Asked {
  readonly payload?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A browser in front of a shop: it keeps the cookies that it was given. */
export interface Browser {
  send(method: "GET" | "POST" | "PATCH" | "DELETE", url: string, asked?: Asked): Promise<LightMyRequestResponse>;
  cookie(): string;
}

export function openBrowser(app: FastifyInstance): Browser {
  let cookie = "";
  return {
    async send(method, url, { payload, headers = {} } = {}) {
      const options: InjectOptions = { method, url, headers: { ...(cookie ? { cookie } : {}), ...headers } };
      const answer = await app.inject(payload === undefined ? options : { ...options, payload });
      const set = answer.headers["set-cookie"];
      if (set !== undefined) cookie = String(Array.isArray(set) ? set[0] : set).split(";")[0] ?? "";
      return answer;
    },
    cookie: () => cookie,
  };
}
