import { migrate } from "../platform/migrate.ts";
import { type Command, databaseSettings, exitCodes } from "./command.ts";
import { say } from "./terminal.ts";
import { withDatabaseUrl } from "./with-database.ts";

export const migrateCommand: Command = {
  flags: {},
  positionals: [],
  settings: databaseSettings,
  async run({ config }) {
    const ran = await withDatabaseUrl(config, migrate);
    for (const name of ran) say(`Ran ${name}`);
    if (ran.length === 0) say("The database is at this version already.");
    return exitCodes.done;
  },
};
