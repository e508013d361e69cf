import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { randomFrom } from "./random.ts";

export interface PictureWish {
  readonly width?: number;
  readonly height?: number;
  /** Without one, each picture has a colour of its own. */
  readonly colour?: string;
}

let made = 0;

/** A plain picture, to be encoded as one likes. */
export function givenPixels({ width = 40, height = 30, colour }: PictureWish = {}) {
  made += 1;
  const own = `#${((made * 2_654_435) % 0x1000000).toString(16).padStart(6, "0")}`;
  return sharp({ create: { width, height, channels: 3, background: colour ?? own } });
}

export function givenPng(wish: PictureWish = {}): Promise<Buffer> {
  return givenPixels(wish).png().toBuffer();
}

/** Noise, which no format makes small. */
export function givenNoise(width: number, height: number) {
  const random = randomFrom(7);
  const data = Buffer.from(Array.from({ length: width * height * 3 }, () => Math.floor(random() * 256)));
  return sharp(data, { raw: { width, height, channels: 3 } });
}

function pngChunk(type: string, content: Buffer): Buffer {
  const chunk = Buffer.alloc(content.length + 12);
  chunk.writeUInt32BE(content.length);
  chunk.write(type, 4, "latin1");
  content.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + content.length)), 8 + content.length);
  return chunk;
}

/** A PNG that says it is so large, in grey, with so many bytes of pixels behind it. */
export function pngThatClaims(width: number, height: number, pixelBytes: number): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head[8] = 8;
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    pngChunk("IHDR", head),
    pngChunk("IDAT", deflateSync(Buffer.alloc(pixelBytes))),
    pngChunk("IEND", Buffer.alloc(0)),
  ]);
}

/** A GIF of one pixel that moves for so many frames. */
export function gifOfFrames(frames: number): Buffer {
  const head = Buffer.from("47494638396101000100800000ff0000ffffff", "hex");
  const frame = Buffer.from("21f90400010000002c00000000010001000002024c0100", "hex");
  return Buffer.concat([head, ...Array<Buffer>(frames).fill(frame), Buffer.from(";")]);
}

/** An empty ZIP archive, as it stands behind what else a file is. */
export const emptyZip = Buffer.from("504b0506000000000000000000000000000000000000", "hex");
