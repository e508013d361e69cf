/**
 * A process that uses the embedded PostgreSQL in a folder until SIGTERM, or with `once` for a moment; tests kill it.
 * Tells by lines what happens.
 */
import { EmbeddedPostgresError, startEmbeddedPostgres } from "../../src/platform/embedded-postgres.ts";

const [dataDir = "", times] = process.argv.slice(2);
const tell = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

// Ends with the test that started it, however that one ends.
process.stdin.on("close", () => process.exit(0)).resume();

// What a terminal sends to all; we go on, to see whether the server does.
process.on("SIGINT", () => tell({ heard: "SIGINT" }));

try {
  const embedded = await startEmbeddedPostgres({ dataDir, say: (said) => tell({ said }) });
  const stop = async () => {
    await embedded.stop();
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  tell({ url: embedded.url, adopted: embedded.adopted });
  if (times === "once") await stop();
} catch (error) {
  if (!(error instanceof EmbeddedPostgresError)) throw error;
  tell({ failed: error.message });
  process.exit(1);
}
