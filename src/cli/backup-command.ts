import { resolve } from "node:path";
import { BackupError, backUpCluster } from "../platform/back-up-cluster.ts";
import { startEmbeddedPostgres } from "../platform/embedded-postgres.ts";
import { assertDatabaseIsThere } from "../platform/open-database.ts";
import { type Call, type Command, exitCodes, WrongCall } from "./command.ts";
import { complain, say } from "./terminal.ts";

const mebibyte = 1024 * 1024;

async function backUp({ config, positionals }: Call): Promise<number> {
  if (config.databaseUrl !== "") {
    throw new WrongCall(
      "The database named by DATABASE_URL is backed up by its own tools, such as pg_basebackup or pg_dump; docs/runbook.md tells how.",
    );
  }
  const target = resolve(positionals[0] as string);
  const dataDir = resolve(config.dataDir);
  await assertDatabaseIsThere(config);
  const embedded = await startEmbeddedPostgres({ dataDir, say: complain });
  try {
    const { files, bytes } = await backUpCluster({ dataDir, superuserUrl: embedded.superuserUrl, target });
    say(`Copied ${files} files, ${Math.ceil(bytes / mebibyte)} MB, to ${target}.`);
    say(`It is a data folder: orderwell serve --data-dir ${target} starts on it. Keep it closed, it has your secrets.`);
    return exitCodes.done;
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    complain(error.message);
    return exitCodes.failed;
  } finally {
    await embedded.stop();
  }
}

export const backupCommand: Command = { flags: {}, positionals: ["folder"], settings: ["DATA_DIR"], run: backUp };
