import { BulkheadRejectedError, bulkhead } from "cockatiel";
import type { Metadata, Sharp, SharpOptions } from "sharp";
import { thumbnailFormats, thumbnailWidthsFor } from "./image.ts";
import {
  imageDamaged,
  imageNotAPicture,
  imagesTooManyAtOnce,
  imageTooManyPixels,
  imageTooSlow,
} from "./image-errors.ts";
import type { MadePicture, MadeThumbnail, PictureMaker } from "./picture.ts";
import { otherMeaningOf } from "./polyglot.ts";

const megapixels = 64; // Phones make 50. Decoded, so many are 190 to 260 MB, and one picture is decoded at a time.
const mostPixels = megapixels * 1_000_000;
/** Enough to look at a thing closely; what is larger is made smaller. */
const longestSide = 2_560;
const longestSeconds = 30; // From the first byte to the last thumbnail; an honest picture of 64 megapixels takes three.
const atOnce = 1;
const waitingAtOnce = 32;
const retryAfterSeconds = 5;

/** The decoders that libvips may use; each of the others is code that a hostile file would reach. */
const loaders = ["Jpeg", "Png", "Webp", "Heif", "Nsgif"].map((name) => `VipsForeignLoad${name}`);

/** Fails at what cannot be decoded to its end; passes over what a decoder only wonders at, as cameras write it. */
const reading: SharpOptions = { limitInputPixels: mostPixels, failOn: "error", sequentialRead: true, pages: 1 };

// Effort above 3 makes AVIF of 1,280 pixels ten times as slow for a tenth of its size (2026-11: 0.3 and 2.1 s).
const whole = { quality: 90, effort: 4 };
const smaller = { webp: { quality: 80, effort: 4 }, avif: { quality: 55, effort: 3 } };

/** How libvips says that a pipeline took too long. */
const timeUp = "timeout:";

type SharpModule = typeof import("sharp").default;

/** Takes 60 ms and 20 MB, which a process that is sent no picture does not spend. */
async function loadSharp(): Promise<SharpModule> {
  const { default: sharp } = await import("sharp");
  sharp.cache(false); // Every picture is another one.
  sharp.concurrency(1); // Threads of one picture; requests and the database need the machine, too.
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({ operation: loaders });
  return sharp;
}

/** Whoever makes pictures with it has so much time for all of them. */
interface Deadline {
  limit(pipeline: Sharp): Sharp;
}

function startDeadline(): Deadline {
  const endMs = performance.now() + longestSeconds * 1_000;
  return {
    limit: (pipeline) => pipeline.timeout({ seconds: Math.max(1, Math.ceil((endMs - performance.now()) / 1_000)) }),
  };
}

/** Makes pictures with libvips, which is loaded when the first one comes. One at a time, others wait. */
export function pictureMaker(): PictureMaker {
  const places = bulkhead(atOnce, waitingAtOnce);
  let loading: Promise<SharpModule> | undefined;
  return {
    async make(content) {
      loading ??= loadSharp();
      const sharp = await loading;
      return places.execute(() => makePicture(sharp, content)).catch(refuseCrowd);
    },
  };
}

function refuseCrowd(error: unknown): never {
  if (error instanceof BulkheadRejectedError) throw imagesTooManyAtOnce({ most: waitingAtOnce }, { retryAfterSeconds });
  throw error;
}

async function makePicture(sharp: SharpModule, content: Buffer): Promise<MadePicture> {
  const format = await formatOf(sharp, content);
  const { limit } = startDeadline();
  const { data, info } = await decode(limit(sharp(content, reading))).catch((error: unknown) => {
    throw explained(error, format);
  });
  const { width, height, channels } = info;
  const pixels = () => limit(sharp(data, { raw: { width, height, channels } }));
  try {
    const thumbnails = await makeThumbnails(pixels, width);
    return { width, height, whole: await pixels().webp(whole).toBuffer(), thumbnails };
  } catch (error) {
    throw messageOf(error).startsWith(timeUp) ? imageTooSlow({ seconds: longestSeconds }) : error;
  }
}

/** The pixels as they are seen: upright, in the colours of screens, of the first picture where there are several. */
function decode(reader: Sharp) {
  return reader
    .autoOrient()
    .resize({ width: longestSide, height: longestSide, fit: "inside", withoutEnlargement: true })
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
}

async function makeThumbnails(pixels: () => Sharp, wholeWidth: number): Promise<MadeThumbnail[]> {
  const made: MadeThumbnail[] = [];
  for (const width of thumbnailWidthsFor(wholeWidth)) {
    for (const format of thumbnailFormats) {
      const small = pixels().resize({ width, withoutEnlargement: true }).toFormat(format, smaller[format]);
      made.push({ width, format, content: await small.toBuffer() });
    }
  }
  return made;
}

const names: Readonly<Record<string, string>> = { jpeg: "JPEG", png: "PNG", webp: "WebP", gif: "GIF" };

/** What the bytes are by themselves, whatever they are called. */
async function formatOf(sharp: SharpModule, content: Buffer): Promise<string> {
  if (content.length === 0) throw imageNotAPicture({ what: "empty" });
  if (heic.test(brandOf(content))) throw imageNotAPicture({ what: "HEIC, which browsers do not show" });
  const found = await sharp(content, reading).metadata().catch(refuseHead);
  const format = nameOf(found);
  if (format === undefined) throw imageNotAPicture({ what: "of a format that is not taken" });
  const other = otherMeaningOf(content);
  if (other !== undefined) throw imageNotAPicture({ what: `a picture and ${other} at once` });
  return format;
}

/** What a file in the container of AVIF and HEIC says of itself. Source: ISO/IEC 23008-12, annex B. */
const heic = /^ftyphe(ic|ix|im|is|vc|vx|vm|vs)$/;

function brandOf(content: Buffer): string {
  return content.subarray(4, 12).toString("latin1");
}

/** Other files of that container hold HEIC, too. */
function nameOf({ format, compression }: Metadata): string | undefined {
  if (format === "heif") return compression === "av1" ? "AVIF" : undefined;
  return names[format];
}

function refuseHead(error: unknown): never {
  const message = messageOf(error);
  if (message.includes("unsupported image format")) {
    throw imageNotAPicture({ what: "of a format that is not taken, or no picture at all" });
  }
  throw explained(error, "a picture");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What libvips says is about its inside, so only its kind is told. */
function explained(error: unknown, format: string): Error {
  const message = messageOf(error);
  if (message.includes("pixel limit")) return imageTooManyPixels({ mostMegapixels: megapixels });
  if (message.startsWith(timeUp)) return imageTooSlow({ seconds: longestSeconds });
  return imageDamaged({ format });
}
