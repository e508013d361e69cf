// The worker in a process of its own, told by its environment, so that a test can kill it. Prints a line when it works.
import { startWork } from "../../src/app.ts";
import { stopSignal } from "../../src/cli/stop-signals.ts";
import { readConfig } from "../../src/platform/config.ts";

const lingerMs = 2000; // As the program itself has it.

// Ends with the test that started it, however that one ends.
process.stdin.on("end", () => process.exit(1)).resume();

const stopAsked = stopSignal();
const config = readConfig(process.env);
const { stop } = await startWork(config, config.databaseUrl);
process.stdout.write(`${JSON.stringify({ address: "", apiKey: "" })}\n`);
await stopAsked;
await stop();
setTimeout(() => process.exit(), lingerMs).unref();
process.stdin.destroy();
