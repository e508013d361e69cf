import assert from "node:assert/strict";
import { describe, test } from "node:test";
import sharp, { type Metadata } from "sharp";
import {
  emptyZip,
  gifOfFrames,
  givenNoise,
  givenPixels,
  givenPng,
  pngThatClaims,
} from "../../test/support/given-pictures.ts";
import { pictureMaker } from "./image-decoder-client.ts";
import type { MadePicture } from "./picture.ts";

const pictures = pictureMaker();

/** The colour in the middle of a picture. */
async function colourOf(content: Buffer): Promise<number[]> {
  const { data, info } = await sharp(content).raw().toBuffer({ resolveWithObject: true });
  const at = (Math.floor(info.height / 2) * info.width + Math.floor(info.width / 2)) * info.channels;
  return [...data.subarray(at, at + info.channels)];
}

function assertNear(found: readonly number[], expected: readonly number[], within = 6): void {
  assert.equal(found.length, expected.length);
  for (const [index, one] of expected.entries()) {
    assert.ok(Math.abs((found[index] ?? 0) - one) <= within, `${found} is not about ${expected}`);
  }
}

function allFilesOf({ whole, thumbnails }: MadePicture): Buffer[] {
  return [whole, ...thumbnails.map(({ content }) => content)];
}

describe("a picture", () => {
  for (const [format, encoded] of [
    ["JPEG", givenPixels({ colour: "#4080c0" }).jpeg()],
    ["PNG", givenPixels({ colour: "#4080c0" }).png()],
    ["WebP", givenPixels({ colour: "#4080c0" }).webp()],
    ["AVIF", givenPixels({ colour: "#4080c0" }).avif()],
    ["GIF", givenPixels({ colour: "#4080c0" }).gif()],
  ] as const) {
    test(`in ${format} becomes WebP, with a thumbnail in both formats`, async () => {
      const { width, height, whole, thumbnails } = await pictures.make(await encoded.toBuffer());
      assert.deepEqual([width, height], [40, 30]);
      const found = await sharp(whole).metadata();
      assert.deepEqual([found.format, found.width, found.height], ["webp", 40, 30]);
      assertNear((await colourOf(whole)).slice(0, 3), [0x40, 0x80, 0xc0]);
      assert.deepEqual(
        thumbnails.map((thumbnail) => [thumbnail.width, thumbnail.format]),
        [
          [160, "webp"],
          [160, "avif"],
        ],
      );
      for (const { content } of thumbnails) assertNear((await colourOf(content)).slice(0, 3), [0x40, 0x80, 0xc0]);
    });
  }

  test("has thumbnails in the widths that it is not narrower than, each as wide as it says", async () => {
    const { thumbnails } = await pictures.make(await givenPng({ width: 700, height: 350 }));
    const sizes: Metadata[] = await Promise.all(thumbnails.map(({ content }) => sharp(content).metadata()));
    assert.deepEqual(
      sizes.map(({ width, height }) => [width, height]),
      [
        [160, 80],
        [160, 80],
        [320, 160],
        [320, 160],
        [640, 320],
        [640, 320],
      ],
    );
    assert.deepEqual([...new Set(thumbnails.map(({ width }) => width))], [160, 320, 640]);
  });

  test("that is narrower than the smallest width is not enlarged", async () => {
    const { thumbnails } = await pictures.make(await givenPng({ width: 8, height: 400 }));
    for (const { content, width } of thumbnails) {
      assert.equal(width, 160);
      assert.equal((await sharp(content).metadata()).width, 8);
    }
  });

  test("of many pixels is brought to 2,560 on its longer side", async () => {
    const { width, height } = await pictures.make(await givenPng({ width: 3_000, height: 6_000 }));
    assert.deepEqual([width, height], [1_280, 2_560]);
  });

  test("is turned as its camera was held, and what the camera wrote is gone", async () => {
    const content = await givenPixels({ width: 40, height: 20 })
      .withExif({ IFD0: { Artist: "Tanaka Taro" }, IFD3: { GPSLatitude: "35/1 39/1 31/1", GPSLatitudeRef: "N" } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    assert.ok((await sharp(content).metadata()).exif?.includes("Tanaka Taro"));
    const made = await pictures.make(content);
    assert.deepEqual([made.width, made.height], [20, 40]);
    for (const file of allFilesOf(made)) {
      const { exif, xmp, iptc, icc, orientation } = await sharp(file).metadata();
      assert.deepEqual([exif, xmp, iptc, icc, orientation], Array(5).fill(undefined));
      assert.ok(!file.includes("Tanaka Taro"));
    }
  });

  test("in colours of printers is one in colours of screens", async () => {
    const content = await givenPixels({ colour: "#ff0000" }).toColourspace("cmyk").jpeg().toBuffer();
    assert.equal((await sharp(content).metadata()).space, "cmyk");
    const { whole } = await pictures.make(content);
    const found = await sharp(whole).metadata();
    assert.deepEqual([found.space, found.channels], ["srgb", 3]);
    const [red = 0, green = 255, blue = 255] = await colourOf(whole);
    assert.ok(red > 200 && green < 60 && blue < 60, `${red} ${green} ${blue}`);
  });

  test("of 16 bits, and one of grey, is one of 8 bits in colours of screens", async () => {
    for (const space of ["rgb16", "grey16", "b-w"] as const) {
      const content = await givenPixels({ colour: "#777777" }).toColourspace(space).png().toBuffer();
      const { whole } = await pictures.make(content);
      assertNear(await colourOf(whole), [0x77, 0x77, 0x77]);
      assert.equal((await sharp(whole).metadata()).depth, "uchar");
    }
  });

  test("with a profile of its own has its colours as they are seen", async () => {
    const content = await givenPixels({ colour: "#c08040" }).withIccProfile("p3").png().toBuffer();
    assert.ok((await sharp(content).metadata()).icc);
    assertNear(await colourOf((await pictures.make(content)).whole), [0xc0, 0x80, 0x40]);
  });

  test("through which one can see is so afterwards", async () => {
    const content = await sharp({
      create: { width: 20, height: 20, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0.5 } },
    })
      .png()
      .toBuffer();
    const made = await pictures.make(content);
    for (const file of allFilesOf(made)) assertNear(await colourOf(file), [255, 0, 0, 128]);
  });

  test("that moves is its first frame, however many there are", async () => {
    for (const frames of [1, 10_000]) {
      const { whole } = await pictures.make(gifOfFrames(frames));
      assert.equal((await sharp(whole).metadata()).pages ?? 1, 1);
    }
    const moving = await sharp({
      create: { width: 20, height: 60, channels: 3, background: "#123456", pageHeight: 20 },
    })
      .webp()
      .toBuffer();
    const { height } = await pictures.make(moving);
    assert.equal(height, 20);
  });
});

const gps = Buffer.from("<script>alert(1)</script>");

describe("a file that is no picture to show", () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>';
  const refused: [string, Buffer, string][] = [
    ["without a byte", Buffer.alloc(0), "image.not_a_picture"],
    ["of SVG with a script", Buffer.from(svg), "image.not_a_picture"],
    ["of SVG behind a declaration", Buffer.from(`<?xml version="1.0"?>\n${svg}`), "image.not_a_picture"],
    ["of HTML", Buffer.from("<!doctype html><script>alert(1)</script>"), "image.not_a_picture"],
    ["of PDF", Buffer.from("%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"), "image.not_a_picture"],
    ["of ZIP", emptyZip, "image.not_a_picture"],
    ["of text", Buffer.from("Not a picture at all, only words that are long enough."), "image.not_a_picture"],
    ["of one byte", Buffer.from([0xff]), "image.not_a_picture"],
    ["of PNG that ends behind its signature", Buffer.from("89504e470d0a1a0a", "hex"), "image.damaged"],
    [
      "of PNG with 400 million pixels and 100 bytes of them",
      pngThatClaims(20_000, 20_000, 100),
      "image.too_many_pixels",
    ],
    ["of PNG that says it has two billion columns", pngThatClaims(2_147_483_647, 1, 100), "image.damaged"],
    ["of PNG that has fewer pixels than it says", pngThatClaims(500, 500, 500), "image.damaged"],
    ["of GIF with 65,535 by 65,535 pixels", gifOfSide(65_535), "image.too_many_pixels"],
  ];
  for (const [what, content, code] of refused) {
    test(`${what} is refused`, async () => {
      await assert.rejects(pictures.make(content), { code });
    });
  }

  test("of TIFF, which browsers do not show, is refused", async () => {
    await assert.rejects(pictures.make(await givenPixels().tiff().toBuffer()), { code: "image.not_a_picture" });
  });

  test("of HEIC is refused, though it stands in the container of AVIF", async () => {
    const avif = await givenPixels().avif().toBuffer();
    const heic = Buffer.from(
      avif.toString("latin1").replace("ftypavif", "ftypheic").replaceAll("av01", "hvc1"),
      "latin1",
    );
    assert.notDeepEqual(heic, avif);
    await assert.rejects(pictures.make(heic), { code: "image.not_a_picture" });
  });

  for (const [format, encoded] of [
    ["JPEG", givenNoise(120, 90).jpeg()],
    ["PNG", givenNoise(120, 90).png()],
    ["WebP", givenNoise(120, 90).webp()],
    ["AVIF", givenNoise(120, 90).avif()],
    ["GIF", givenNoise(120, 90).gif()],
  ] as const) {
    test(`in ${format} that is cut off anywhere is refused`, async () => {
      const content = await encoded.toBuffer();
      for (const share of [0.02, 0.3, 0.6, 0.9, 0.99]) {
        const cut = content.subarray(0, Math.floor(content.length * share));
        await assert.rejects(pictures.make(cut), { name: "Refusal", kind: "invalid" }, `${share}`);
      }
    });
  }

  test("and something else at once is refused, whatever the picture in it is", async () => {
    const [png, gif, jpeg] = await Promise.all([
      givenPng(),
      givenPixels().gif().toBuffer(),
      givenPixels().jpeg().toBuffer(),
    ]);
    const comment = Buffer.concat([Buffer.from("fffe0024", "hex"), Buffer.from("<html><script>alert(1)</script> ")]);
    const withComment = Buffer.concat([
      jpeg.subarray(0, 2),
      comment,
      Buffer.alloc(34 - comment.length + 4, " "),
      jpeg.subarray(2),
    ]);
    const zipWithComment = Buffer.concat([emptyZip.subarray(0, 20), Buffer.from([5, 0]), Buffer.from("hello")]);
    const pdf = Buffer.concat([gif, Buffer.from("%PDF-1.7\n")]);
    for (const content of [Buffer.concat([png, emptyZip]), Buffer.concat([gif, zipWithComment]), pdf, withComment]) {
      await assert.rejects(pictures.make(content), { code: "image.not_a_picture", message: /at once/ });
    }
  });

  test("hides nothing in what is served of it", async () => {
    const content = Buffer.concat([await givenPng(), Buffer.alloc(3_000), gps]);
    const made = await pictures.make(content);
    for (const file of allFilesOf(made)) assert.ok(!file.includes(gps));
  });

  test("of 64 megapixels in a few kilobytes is decoded, one at a time, within its time", async () => {
    const content = pngThatClaims(8_000, 8_000, 8_001 * 8_000);
    assert.ok(content.length < 100_000);
    const [one, other] = await Promise.all([pictures.make(content), pictures.make(content)]);
    assert.deepEqual([one?.width, other?.width], [2_560, 2_560]);
  });

  test("is told from what is too much at once", async () => {
    const content = await givenPng();
    const asked = await Promise.allSettled(Array.from({ length: 40 }, () => pictures.make(content)));
    const codes = new Set(asked.map((one) => (one.status === "rejected" ? one.reason.code : "made")));
    assert.deepEqual([...codes].sort(), ["image.too_many_at_once", "made"]);
  });
});

/** A GIF with a frame of this side, of which it has one pixel. */
function gifOfSide(side: number): Buffer {
  const content = gifOfFrames(1);
  for (const at of [6, 8, 32, 34]) content.writeUInt16LE(side, at);
  return content;
}
