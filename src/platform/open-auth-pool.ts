import pg from "pg";
import { connectionSettings, type DbOptions } from "./db.ts";

/** Connections of a library that brings statements of its own. */
export type AuthPool = pg.Pool;

const connections = 4; // Hashing a password takes longer than its statements: more would rest.

/** Sums and counts stay far below 2^53 here, and a library's JSON knows no bigint. */
const types = {
  getTypeParser: ((oid: number, format?: "text") =>
    oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

/** Opens a pool whose statements find the tables of `identity` without naming it. No connection is made before the first. */
export function openAuthPool(options: DbOptions): AuthPool {
  const settings = connectionSettings({ ...options, connections });
  const pool = new pg.Pool({ ...settings, options: `${settings.options} -c search_path=identity`, types });
  pool.on("error", options.onIdleError ?? (() => {}));
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}
