import { type Call, type Command, exitCodes } from "./command.ts";
import { orderCurl } from "./first-order.ts";
import { stopSignal } from "./stop-signals.ts";
import { say } from "./terminal.ts";
import { withDatabaseUrl } from "./with-database.ts";

/** Serves until a signal asks to stop, then finishes what is under way. */
async function serve({ config, program }: Call): Promise<number> {
  const stopAsked = stopSignal();
  await withDatabaseUrl(config, async (url) => {
    const { address, apiKey, setupLink, stop } = await program.startServe(config, url);
    say(`Orderwell serves on ${address}`);
    say(`  API reference  ${address}/docs`);
    // The key is after the #, which browsers send to nobody.
    say(`  Mails          ${address}/mails#key=${apiKey}`);
    if (setupLink !== undefined) say(`Set up the owner account: ${setupLink}`);
    say("Place an order:");
    say(`  ${orderCurl(address, apiKey)}`);
    await stopAsked;
    say("Stopping: what is under way is finished first.");
    await stop();
  });
  say("Stopped.");
  return exitCodes.done;
}

/** Runs jobs until a signal asks to stop. */
async function work({ config, program }: Call): Promise<number> {
  const stopAsked = stopSignal();
  await withDatabaseUrl(config, async (url) => {
    const { stop } = await program.startWork(config, url);
    say("Orderwell works: it runs jobs and answers no requests.");
    await stopAsked;
    say("Stopping: jobs under way are finished first.");
    await stop();
  });
  say("Stopped.");
  return exitCodes.done;
}

export const serveCommand: Command = { flags: {}, positionals: [], run: serve };
export const workCommand: Command = { flags: {}, positionals: [], run: work };
