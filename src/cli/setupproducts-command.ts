import { stat } from "node:fs/promises";
import { type SetupFault, type SetupReport, setUpProducts } from "../catalog/index.ts";
import { systemClock } from "../platform/clock.ts";
import { Refusal } from "../platform/errors.ts";
import { type Call, type Command, databaseSettings, exitCodes, WrongCall } from "./command.ts";
import { type Meter, openMeter } from "./progress-meter.ts";
import { addressOf } from "./server-address.ts";
import { faultLines, setupLines, setupView } from "./setup-report.ts";
import { abortOnStop } from "./stop-signals.ts";
import { complain, jsonText, say } from "./terminal.ts";
import { withDatabase } from "./with-database.ts";

const by = { actor: "cli", name: "operator command", requestId: null };
const quietMs = 500; // What is done so soon needs no bar.

async function assertFile(path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new WrongCall(
      error.code === "ENOENT" ? `There is no file ${path}.` : `The file cannot be read: ${error.message}.`,
    );
  });
  if (!found.isFile()) throw new WrongCall(`${path} is no file.`);
}

/** Shows how many pictures are done, when they take long. */
function pictureProgress(meter: Meter): (done: number, whole: number) => void {
  const startedMs = performance.now();
  return (done, whole) => {
    if (performance.now() - startedMs < quietMs) return;
    meter.show({ stage: "Pictures", done, whole, text: `${done} of ${whole}` });
  };
}

async function setUp({ config, program, flags }: Call, file: string, stop: AbortSignal): Promise<SetupReport> {
  const blobs = await program.openBlobs(config);
  const meter = await openMeter(process.stderr);
  try {
    const pictures = await program.openPictures();
    return await withDatabase(config, (db) =>
      setUpProducts(
        { db, clock: systemClock, blobs, pictures },
        {
          file,
          currency: config.storeCurrency,
          dryRun: flags["dry-run"] === true,
          by,
          onPicture: pictureProgress(meter),
          stop,
        },
      ),
    );
  } finally {
    meter.end();
    await blobs.close();
  }
}

/** The mistakes of a file that is refused; undefined for everything else that can go wrong. */
function mistakesOf(error: unknown): readonly SetupFault[] | undefined {
  if (!(error instanceof Refusal) || error.code !== "setup.invalid") return undefined;
  return (error.details as { readonly faults: readonly SetupFault[] }).faults;
}

function tellMistakes(file: string, faults: readonly SetupFault[], json: boolean): number {
  if (json) say(jsonText({ file, errors: faults }));
  else for (const line of faultLines(file, faults)) complain(line);
  complain(`Nothing was changed: ${file} has ${faults.length === 1 ? "a mistake" : `${faults.length} mistakes`}.`);
  return exitCodes.failed;
}

async function run(call: Call): Promise<number> {
  const { flags, positionals, config } = call;
  const [file = ""] = positionals;
  const dryRun = flags["dry-run"] === true;
  await assertFile(file);
  try {
    const report = await setUp(call, file, abortOnStop());
    if (flags.json === true) say(jsonText(setupView(report, { dryRun })));
    else {
      for (const line of setupLines(report, { dryRun })) say(line);
      if (!dryRun) say(`See it at ${addressOf(config)}/api/store/products; npm start serves it, if nothing does.`);
    }
    return exitCodes.done;
  } catch (error) {
    const faults = mistakesOf(error);
    if (faults) return tellMistakes(file, faults, flags.json === true);
    if (!(error instanceof Error && error.name === "AbortError")) throw error;
    complain("Stopped: nothing was changed.");
    return exitCodes.failed;
  }
}

export const setupproductsCommand: Command = {
  flags: {
    "dry-run": { type: "boolean", help: "Check the file and its pictures and say what would change; write nothing." },
    json: { type: "boolean", help: "Answer in JSON." },
  },
  positionals: ["file"],
  notes: [
    "The file is YAML or JSON; docs/setup-products.md says what is in it. Run again, it changes only what differs.",
    "Exit codes: 0 done, 1 the file has mistakes, or it failed: nothing was changed; 2 wrong call.",
  ],
  settings: [...databaseSettings, "BLOB_DIR", "BLOB_URL", "HOST", "PORT"],
  run,
};
