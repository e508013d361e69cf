// A sequencer in a process of its own, so that a test can pause it while it has the lease.
import { startSequencer } from "../../src/events/start-sequencer.ts";
import { openDb } from "../../src/platform/db.ts";
import { armFailpoints } from "../../src/platform/failpoints.ts";
import { silentLog } from "../../src/platform/log.ts";

const [url = "", leaseSeconds = "1", failpoints = ""] = process.argv.slice(2);
armFailpoints(failpoints);
const db = openDb({ url, applicationName: "orderwell sequencer under test" });
startSequencer({ db, log: silentLog, leaseSeconds: Number(leaseSeconds) });
