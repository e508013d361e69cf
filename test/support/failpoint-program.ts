/**
 * Arms failpoints, then passes points or migrates a database, and tells by lines how far it came; tests let it die.
 *
 *   failpoint-program.ts <failpoints> reach <name> …
 *   failpoint-program.ts <failpoints> migrate <url>
 */
import { armFailpoints, reach } from "../../src/platform/failpoints.ts";
import { migrate } from "../../src/platform/migrate.ts";

const [failpoints = "", what, ...given] = process.argv.slice(2);
const tell = (line: string) => process.stdout.write(`${line}\n`);

armFailpoints(failpoints);
if (what === "migrate") for (const name of await migrate(given[0] ?? "")) tell(name);
else {
  for (const name of given) {
    await reach(name);
    tell(name);
  }
}
