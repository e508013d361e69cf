import { isUtf8 } from "node:buffer";
import { readFile, stat } from "node:fs/promises";
import type { Doer } from "../audit/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { type Fault, isUnavailable } from "../platform/errors.ts";
import { prepareJobs } from "../platform/jobs.ts";
import type { KeptPicture } from "./add-image.ts";
import { type ApplySetup, applySetup, findKeptCatalogue, type WantedCatalogue } from "./apply-setup.ts";
import { findPictureFaults, gatherPictures } from "./gather-pictures-flow.ts";
import { dropPicture, type PictureGround } from "./keep-picture-flow.ts";
import type { ParsedSetup } from "./parse-setup.ts";
import { planSetup } from "./plan-setup.ts";
import { readSetup } from "./read-setup.ts";
import { removeImageFiles } from "./remove-image-files.ts";
import type { Setup } from "./setup.ts";
import { type SetupFault, setupInvalid } from "./setup-errors.ts";
import type { KeptCatalogue, SetupPlan, SetupStep } from "./setup-plan.ts";
import { listOtherKeys } from "./setup-queries.ts";

export interface SetupGround extends PictureGround {
  readonly db: Db;
  readonly clock: Clock;
}

export interface SetupAsked {
  /** The path of a file of products, in YAML or JSON. */
  readonly file: string;
  /** The currency of prices for which the file names none. */
  readonly currency: string;
  /** Nothing is written. */
  readonly dryRun: boolean;
  readonly by: Doer;
  /** Told before each picture how many are done. */
  onPicture(done: number, whole: number): void;
  readonly stop: AbortSignal;
}

export interface SetupReport {
  readonly steps: readonly SetupStep[];
  /** What was read and is not used. */
  readonly remarks: readonly string[];
  /** Keys of products that the file does not have, some of them when there are many. */
  readonly others: readonly string[];
}

const mostBytes = 20_000_000; // Ten thousand products in four languages.
const shownOthers = 20;

/**
 * Makes the catalogue as a file describes it, in one transaction, and says what became of each thing. Whatever is wrong
 * is told at once, with its place in the file, and then nothing is changed. A second call changes nothing.
 * @throws setup.invalid
 */
export async function setUpProducts(ground: SetupGround, asked: SetupAsked): Promise<SetupReport> {
  const { db } = ground;
  const parsed = await parseFile(asked.file);
  const setup = await readSetup(parsed.value, asked.currency);
  const kept: KeptPictures = new Map();
  const used = new Set<string>();
  try {
    const { wanted, plan: planned } = await prepare(ground, asked, { parsed, setup, kept });
    const plan = asked.dryRun ? planned : await write(ground, { wanted, kept, by: asked.by });
    refuseAll(asked.file, parsed, plan.faults);
    for (const { picture } of plan.newImages) used.add(picture.pointer);
    const keys = setup.products.map(({ key }) => key);
    const others = await listOtherKeys(db, { keys, limit: shownOthers + 1 });
    return { steps: plan.steps, remarks: setup.remarks, others: others.map(({ key }) => key) };
  } catch (error) {
    // Where nobody knows whether it was committed, files stay; `clearLeftImages` finds those without a row.
    if (isUnavailable(error)) for (const pointer of kept.keys()) used.add(pointer);
    throw error;
  } finally {
    for (const [pointer, { imageId }] of kept) if (!used.has(pointer)) await dropPicture(ground.blobs, imageId);
  }
}

type KeptPictures = Map<string, KeptPicture>;

/** Looks at everything that a file names, the pictures too, before anything is written. */
async function prepare(
  ground: SetupGround,
  asked: SetupAsked,
  { parsed, setup, kept }: { parsed: ParsedSetup; setup: Setup; kept: KeptPictures },
): Promise<{ wanted: WantedCatalogue; plan: SetupPlan }> {
  const faults = [...parsed.faults, ...setup.faults];
  const { products, taxRates } = setup;
  const catalogue = await findKeptCatalogue(ground.db, { products, taxRates });
  const pictures = {
    ...asked,
    products,
    isKnown: knownPictures(catalogue),
    keeps: !asked.dryRun && faults.length === 0,
  };
  const gathered = await gatherPictures(ground, pictures, { kept, faults });
  await findPictureFaults(ground, { ...pictures, images: setup.stray }, faults);
  const wanted = { products: gathered, taxRates };
  const plan = planSetup(wanted, catalogue);
  refuseAll(asked.file, parsed, [...faults, ...plan.faults]);
  return { wanted, plan };
}

function knownPictures({ products, images }: KeptCatalogue): (key: string, contentHash: string) => boolean {
  const keys = new Map(products.map(({ productId, key }) => [productId, key]));
  const known = new Set(images.map(({ productId, contentHash }) => `${keys.get(productId)} ${contentHash}`));
  return (key, contentHash) => known.has(`${key} ${contentHash}`);
}

async function write({ db, clock }: SetupGround, asked: ApplySetup): Promise<SetupPlan> {
  await prepareJobs(db, [removeImageFiles]); // The command may be the first that ever works on this database.
  return db.transaction((tx) => applySetup(tx, asked, clock.now()));
}

/** @throws setup.invalid */
async function parseFile(file: string): Promise<ParsedSetup> {
  const text = await readText(file).catch((error: Error) => {
    throw setupInvalid({ file, faults: [wholly(`It cannot be read: ${error.message}.`)] });
  });
  // Only this command reads YAML; a server that starts does not load it (2026-11: some 10 MB).
  const { parseSetup } = await import("./parse-setup.ts");
  const parsed = parseSetup(text);
  if ("unreadable" in parsed) throw setupInvalid({ file, faults: parsed.unreadable });
  return parsed;
}

function wholly(detail: string): SetupFault {
  return { line: 1, column: 1, pointer: "", detail };
}

async function readText(file: string): Promise<string> {
  const { size } = await stat(file);
  if (size > mostBytes) throw new Error(`it has more than ${mostBytes / 1_000_000} MB`);
  const bytes = await readFile(file);
  if (!isUtf8(bytes)) throw new Error("it is not in UTF-8");
  return bytes.toString("utf8").replace(/^\ufeff/, "");
}

/** Tells each mistake once, in the order of the file. @throws setup.invalid */
function refuseAll(file: string, parsed: ParsedSetup, faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  const different = new Map(faults.map((fault) => [`${fault.pointer} ${fault.detail}`, fault]));
  const placed = [...different.values()].map(parsed.place);
  placed.sort((one, other) => one.line - other.line || one.column - other.column);
  throw setupInvalid({ file, faults: placed });
}
