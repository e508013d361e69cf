import { access } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Config } from "./config.ts";
import { EmbeddedPostgresError } from "./embedded-errors.ts";
import { clusterFolder, startEmbeddedPostgres } from "./embedded-postgres.ts";

export interface Database {
  readonly url: string;
  /** Stops the embedded server, unless somebody else uses it. Close your own connections first. */
  stop(): Promise<void>;
}

/** The database that is configured: the one named by its URL, or the embedded one, started or taken over. */
export async function openDatabase(
  config: Pick<Config, "databaseUrl" | "dataDir">,
  say: (line: string) => void,
): Promise<Database> {
  if (config.databaseUrl !== "") return { url: config.databaseUrl, stop: () => Promise.resolve() };
  return startEmbeddedPostgres({ dataDir: config.dataDir, say });
}

/** Throws unless there is a database, for commands that look at one: in a mistyped folder they must not make another. */
export async function assertDatabaseIsThere({ databaseUrl, dataDir }: Pick<Config, "databaseUrl" | "dataDir">) {
  if (databaseUrl !== "") return;
  const folder = resolve(dataDir);
  await access(join(folder, clusterFolder)).catch(() => {
    throw new EmbeddedPostgresError(
      `There is no database in ${folder}: choose its folder with --data-dir, or name a database with DATABASE_URL.`,
    );
  });
}
