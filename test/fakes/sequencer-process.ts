// A sequencer in a process of its own, so that a test can pause it while it has the lease.
import { startSequencer } from "../../src/events/start-sequencer.ts";
import { openDb } from "../../src/platform/db.ts";
import { silentLog } from "../../src/platform/log.ts";

const [url = "", leaseSeconds = "1"] = process.argv.slice(2);
const db = openDb({ url, applicationName: "orderwell sequencer under test" });
startSequencer({ db, log: silentLog, leaseSeconds: Number(leaseSeconds) });
