import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { pictureMaker } from "../../src/catalog/image-decoder-client.ts";
import { type SetupReport, setUpProducts } from "../../src/catalog/setup-products-flow.ts";
import type { BlobStore } from "../../src/platform/blob-store.ts";
import type { Db } from "../../src/platform/db.ts";
import { Refusal } from "../../src/platform/errors.ts";
import { fileBlobStore } from "../../src/platform/file-blob-client.ts";
import { ask } from "./ask.ts";
import { testDatabase } from "./database.ts";
import { noon } from "./given-orders.ts";
import { operator } from "./given-shown.ts";

const folders: string[] = [];
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

export interface SetupSite {
  readonly db: Db;
  readonly url: string;
  readonly blobs: BlobStore;
  /** Where files of products and their pictures are. */
  readonly folder: string;
  write(name: string, content: string | Buffer): Promise<string>;
  /** Sets up what is described, as the file `catalogue.json`, at a moment. */
  setUp(described: object, given?: { now?: Date; dryRun?: boolean }): Promise<SetupReport>;
  /** What is wrong with what is described: the pointers and sentences. */
  faultsOf(described: object): Promise<[pointer: string, detail: string][]>;
  /** Every row of the catalogue, as text. */
  rows(): Promise<string>;
  keptFiles(): Promise<number>;
}

/** A database, a store of files and a folder for files of products. */
export async function givenSetupSite(): Promise<SetupSite> {
  const [folder, store] = [
    await mkdtemp(join(tmpdir(), "orderwell-setup-")),
    await mkdtemp(join(tmpdir(), "orderwell-store-")),
  ];
  folders.push(folder, store);
  const { db, url } = await testDatabase();
  const blobs = fileBlobStore(store);
  const pictures = pictureMaker();
  const write = async (name: string, content: string | Buffer) => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  const setUp: SetupSite["setUp"] = async (described, { now = noon, dryRun = false } = {}) => {
    const file = await write("catalogue.json", JSON.stringify(described));
    const ground = { db, blobs, pictures, clock: { now: () => now } };
    const stop = new AbortController().signal;
    return setUpProducts(ground, { file, currency: "JPY", dryRun, by: operator, onPicture: () => {}, stop });
  };
  return {
    db,
    url,
    blobs,
    folder,
    write,
    setUp,
    async faultsOf(described) {
      const error = await setUp(described).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (!(error instanceof Refusal)) throw error ?? new Error("It was set up.");
      const { faults } = error.details as { faults: { pointer: string; detail: string }[] };
      return faults.map(({ pointer, detail }) => [pointer, detail]);
    },
    async rows() {
      const tables = ["products", "prices", "product_translations", "product_images", "tax_rates"];
      const lists = tables.map((table) =>
        ask(
          db,
          `select '${table}' as of, coalesce(json_agg(t order by t::text)::text, '') as rows from catalog.${table} t`,
        ),
      );
      return JSON.stringify((await Promise.all(lists)).flat());
    },
    async keptFiles() {
      const entries = await readdir(store, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).length;
    },
  };
}
