import type { Config } from "./config.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";

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
