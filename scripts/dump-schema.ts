/** Writes db/schema.sql: the schema as the catalog has it, since the embedded PostgreSQL brings no pg_dump. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { asSuperuser, ensureTemplate, joinCluster, urlOf } from "../test/support/cluster.ts";
import { describeSchema } from "../test/support/describe-schema.ts";

const target = fileURLToPath(new URL("../db/schema.sql", import.meta.url));

const cluster = await joinCluster();
try {
  const text = await asSuperuser(urlOf(cluster, await ensureTemplate()), describeSchema);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text);
  console.log(`Wrote db/schema.sql, ${text.split("\n").length} lines.`);
} finally {
  await cluster.stop();
}
