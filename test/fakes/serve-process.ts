/**
 * The server in a process of its own, told by its environment, so that a test can kill it anywhere. Prints one line of
 * JSON when its port is open, and with `TRACE` one for each failpoint that it passes.
 */
import { startServe } from "../../src/app.ts";
import { stopSignal } from "../../src/cli/stop-signals.ts";
import { readConfig } from "../../src/platform/config.ts";
import { traceFailpoints } from "../../src/platform/failpoints.ts";

const tell = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const lingerMs = 2000; // As the program itself has it.

// Ends with the test that started it, however that one ends.
process.stdin.on("end", () => process.exit(1)).resume();

if (process.env.TRACE) traceFailpoints((name) => tell({ passed: name }));
const stopAsked = stopSignal();
const config = readConfig(process.env);
const { address, apiKey, setupLink, stop } = await startServe(config, config.databaseUrl);
tell({ address, apiKey, setupLink });
await stopAsked;
await stop();
setTimeout(() => process.exit(), lingerMs).unref();
process.stdin.destroy();
