import { access, constants } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { getImport } from "../imports/index.ts";
import type { Config } from "../platform/config.ts";
import type { Db } from "../platform/db.ts";
import { bringFile, checkOptions, openSource } from "./bring-file.ts";
import { type Call, type Command, databaseSettings, exitCodes, WrongCall } from "./command.ts";
import { followImport } from "./follow-import.ts";
import { optionFlags, readOptionFlags } from "./import-options-flags.ts";
import { abortOnStop } from "./stop-signals.ts";
import { complain, say } from "./terminal.ts";
import { withDatabase } from "./with-database.ts";

const by = { actor: "cli", name: "operator command", requestId: null };

/** Jobs of this process say nothing between the lines of the command, and open no port that a server may have. */
function workConfig(config: Config): Config {
  return { ...config, metricsPort: 0, logLevel: "silent" };
}

async function run(call: Call): Promise<number> {
  const bring = await whatToBring(call);
  const stop = abortOnStop();
  return withDatabase(call.config, async (db, url) => {
    const uid = await bring(db, stop);
    if (uid === undefined) return exitCodes.left;
    // Orders are placed here, too, so that it works with no server running, and beside one.
    const work = await call.program.startWork(workConfig(call.config), url);
    try {
      return await followImport({ db, uid, by, stop, ...followFlags(call) });
    } finally {
      await work.stop();
    }
  });
}

function followFlags({ flags, positionals }: Call) {
  const canAsk = positionals[0] !== "-" && process.stdin.isTTY === true && process.stderr.isTTY === true;
  const rejected = typeof flags.rejected === "string" ? flags.rejected : undefined;
  return { dryRun: flags["dry-run"] === true, yes: flags.yes === true, rejected, canAsk };
}

/** Placing takes long: who cannot be given the file hears so before it. */
async function assertFolder(path: string): Promise<void> {
  await access(dirname(resolve(path)), constants.W_OK).catch((error: Error) => {
    throw new WrongCall(`${path} cannot be written: ${error.message}.`);
  });
}

type Bring = (db: Db, stop: AbortSignal) => Promise<string | undefined>;

/** Reads the call before anything is opened; what it answers gives the import's UUID, or none when it was stopped. */
async function whatToBring(call: Call): Promise<Bring> {
  const { flags, positionals } = call;
  const [path] = positionals;
  if (typeof flags.rejected === "string") await assertFolder(flags.rejected);
  if (typeof flags.watch === "string") {
    const { watch } = flags;
    if (path !== undefined) throw new WrongCall("A file is imported, or an import is watched: not both.");
    if (flags["dry-run"] === true) throw new WrongCall("--dry-run goes with a file.");
    return async (db) => (await getImport(db, watch)).uid;
  }
  if (path === undefined) throw new WrongCall("The file is missing; - reads what comes in.");
  const options = checkOptions(await readOptionFlags(call));
  if (flags["dry-run"] === true && options.auto_start) throw new WrongCall("--dry-run and auto_start: one of both.");
  const source = await openSource(path, typeof flags.name === "string" ? flags.name : undefined);
  return async (db, stop) => {
    const blobs = await call.program.openBlobs(call.config);
    try {
      // A dry run is an import of its own, so that it never ends another one.
      const { importMostBytes: mostBytes } = call.config;
      const again = flags.again === true || flags["dry-run"] === true;
      const received = await bringFile({ db, blobs, mostBytes, by, again, stop }, source, options);
      say(`Import ${received.import.uid}`);
      if (received.existing) complain("This file was imported before, with these options; --again imports it anew.");
      return received.import.uid;
    } catch (error) {
      if (!stop.aborted) throw error;
      complain("Stopped: the file was not taken in.");
      return undefined;
    } finally {
      await blobs.close();
    }
  };
}

export const importCommand: Command = {
  flags: {
    ...optionFlags,
    name: { type: "string", help: "What the file is called; its own name when left out." },
    "dry-run": { type: "boolean", help: "Read and check it, place nothing." },
    yes: { type: "boolean", help: "Place what can be placed, although other orders are rejected." },
    rejected: { type: "string", help: "The file to write what is rejected to, to correct and import it again." },
    again: { type: "boolean", help: "Import a file that was imported already." },
    watch: { type: "string", help: "See an import through that is there already, by its UUID." },
  },
  positionals: ["file, or -"],
  needed: 0,
  notes: [
    "Nothing wrong: it is placed at once. Something wrong: it asks, or waits for --yes.",
    "Exit codes: 0 all is placed, 1 failed or cancelled, 2 wrong call, 3 orders were rejected,",
    "4 left before the end: it waits for --yes, or was stopped. --watch goes on with it.",
  ],
  settings: [...databaseSettings, "BLOB_DIR", "BLOB_URL"],
  run,
};
