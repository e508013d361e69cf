import type { Config } from "../platform/config.ts";
import { type Db, openDb } from "../platform/db.ts";
import { openDatabase } from "../platform/open-database.ts";
import { complain } from "./terminal.ts";

const connections = 2; // A command does one thing after the other.

/** Works with the URL of the configured database; an embedded one that nobody else uses is stopped afterwards. */
export async function withDatabaseUrl<Result>(config: Config, work: (url: string) => Promise<Result>): Promise<Result> {
  const database = await openDatabase(config, complain);
  try {
    return await work(database.url);
  } finally {
    await database.stop();
  }
}

/** Works with the configured database, brought to this version's schema first. */
export async function withDatabase<Result>(
  config: Config,
  work: (db: Db, url: string) => Promise<Result>,
): Promise<Result> {
  return withDatabaseUrl(config, async (url) => {
    const { migrate } = await import("../platform/migrate.ts");
    await migrate(url);
    const db = openDb({ url, applicationName: "orderwell command", connections });
    try {
      return await work(db, url);
    } finally {
      await db.close();
    }
  });
}
