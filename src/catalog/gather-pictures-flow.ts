import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { Clock } from "../platform/clock.ts";
import { type Fault, Refusal } from "../platform/errors.ts";
import { uuidV7 } from "../platform/ids.ts";
import type { KeptPicture } from "./add-image.ts";
import { mostImageBytes } from "./image.ts";
import { keepPicture, type PictureGround } from "./keep-picture-flow.ts";
import type { SetupImage, SetupProduct } from "./setup.ts";
import type { PictureOfSetup, WantedProduct } from "./setup-plan.ts";
import { hashOf } from "./take-picture-flow.ts";

export interface PicturesAsked {
  /** The path of the file that names them. */
  readonly file: string;
  readonly products: readonly SetupProduct[];
  /** Whether a product has a picture already: then it need not be decoded. */
  isKnown(key: string, contentHash: string): boolean;
  /** Whether what is made of new ones is kept, as long as nothing is wrong. */
  readonly keeps: boolean;
  /** Told before each picture how many are done. */
  onPicture(done: number, whole: number): void;
  readonly stop: AbortSignal;
}

/** What comes of it beside the products. */
export interface PicturesFound {
  /** What was kept, by the place that the picture has in the file. */
  readonly kept: Map<string, KeptPicture>;
  readonly faults: Fault[];
}

/**
 * Reads the pictures that a file of products names, and decodes those that are new to their product. What is wrong with
 * one is told with all that is wrong with the others. Whoever asks takes away what was kept and is not used.
 */
export async function gatherPictures(
  ground: PictureMaking,
  asked: PicturesAsked,
  found: PicturesFound,
): Promise<WantedProduct[]> {
  const whole = asked.products.reduce((sum, { images = [] }) => sum + images.length, 0);
  let done = 0;
  const products: WantedProduct[] = [];
  for (const product of asked.products) {
    const images: PictureOfSetup[] = [];
    for (const image of product.images ?? []) {
      asked.stop.throwIfAborted();
      asked.onPicture(done, whole);
      done += 1;
      const picture = await readPicture(ground, asked, { product, image, found, before: images });
      if (picture) images.push(picture);
    }
    products.push({ ...product, images: product.images && images });
  }
  return products;
}

/** What is wrong with pictures of which nothing will be kept. */
export async function findPictureFaults(
  ground: PictureMaking,
  { images, ...asked }: Omit<PicturesAsked, "products"> & { readonly images: readonly SetupImage[] },
  faults: Fault[],
): Promise<void> {
  const product = { key: "", taxCode: "", given: {}, prices: [], translations: [], images, pointer: "" };
  await gatherPictures(ground, { ...asked, products: [product], keeps: false }, { kept: new Map(), faults });
}

type PictureMaking = PictureGround & { readonly clock: Clock };

interface Place {
  readonly product: SetupProduct;
  readonly image: SetupImage;
  readonly found: PicturesFound;
  /** The pictures that the product has in the file before this one. */
  readonly before: readonly PictureOfSetup[];
}

async function readPicture(
  ground: PictureMaking,
  { file, isKnown, keeps }: PicturesAsked,
  { product, image, found, before }: Place,
): Promise<PictureOfSetup | undefined> {
  const { kept, faults } = found;
  const refuse = (detail: string) => void faults.push({ pointer: `${image.pointer}/image_path`, detail });
  const read = await readFileBeside(file, image.path);
  if (typeof read === "string") return refuse(read);
  const contentHash = hashOf(read);
  const twin = before.find((one) => one.contentHash === contentHash);
  if (twin) return refuse(`${image.path} is the same picture as ${twin.path}.`);
  try {
    if (isKnown(product.key, contentHash)) return { ...image, contentHash };
    if (!keeps || faults.length > 0) await ground.pictures.make(read);
    else {
      const imageId = uuidV7(ground.clock.now());
      kept.set(image.pointer, await keepPicture(ground, { imageId, content: read }));
    }
    return { ...image, contentHash };
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== "invalid") throw error;
    return refuse(`${image.path}: ${error.message}`);
  }
}

const plainly = constants.O_RDONLY | constants.O_NONBLOCK;

/** The bytes of a file that is named relative to another, or what is wrong with it. */
async function readFileBeside(file: string, path: string): Promise<Buffer | string> {
  const folder = dirname(resolve(file));
  if (isAbsolute(path)) return `${path} must be relative to the file that names it.`;
  const outside = `${path} leads out of the folder of the file that names it.`;
  if (leadsOut(folder, join(folder, path))) return outside;
  try {
    // A link inside may lead anywhere.
    const [real, realFolder] = [await realpath(join(folder, path)), await realpath(folder)];
    if (leadsOut(realFolder, real)) return outside;
    return await readPlain(real, path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ENOTDIR"
      ? `There is no file ${path}.`
      : `${path} cannot be read: ${message}.`;
  }
}

function leadsOut(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way);
}

async function readPlain(path: string, shown: string): Promise<Buffer | string> {
  const handle = await open(path, plainly);
  try {
    const found = await handle.stat();
    if (!found.isFile()) return `${shown} is no file.`;
    if (found.size > mostImageBytes) return `${shown} has more than ${mostImageBytes / 1_000_000} MB.`;
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
