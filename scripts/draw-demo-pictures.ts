// Draws the pictures of the demo catalogue from demo/drawings into demo/images. Run it after a drawing was changed.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";

const root = fileURLToPath(new URL("../demo", import.meta.url));
const side = 1200;
const quality = 82;
const mostBytes = 60_000; // They are part of every clone.
const mostBytesOfAll = 1_000_000;

let bytesOfAll = 0;
for (const name of (await readdir(join(root, "drawings"))).sort()) {
  const drawing = await readFile(join(root, "drawings", name));
  const picture = await sharp(drawing).resize(side, side).webp({ quality, effort: 6 }).toBuffer();
  const target = `${basename(name, ".svg")}.webp`;
  if (picture.length > mostBytes) throw new Error(`${target} has ${picture.length} bytes; ${mostBytes} are allowed.`);
  bytesOfAll += picture.length;
  await writeFile(join(root, "images", target), picture);
  console.log(`${target}  ${picture.length} bytes`);
}
if (bytesOfAll > mostBytesOfAll) throw new Error(`All have ${bytesOfAll} bytes; ${mostBytesOfAll} are allowed.`);
