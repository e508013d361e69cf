import { refusal } from "../platform/errors.ts";

export const imageNotFound = refusal<{ image: string }>(
  "image.not_found",
  "not-found",
  ({ image }) => `There is no image ${image}.`,
);

export const imageNotAPicture = refusal<{ what: string }>(
  "image.not_a_picture",
  "invalid",
  ({ what }) => `The file is ${what}. Send a picture: JPEG, PNG, WebP, AVIF or GIF.`,
);

export const imageDamaged = refusal<{ format: string }>(
  "image.damaged",
  "invalid",
  ({ format }) => `The file begins as ${format}, and cannot be decoded to its end: it is cut off or damaged.`,
);

export const imageTooManyPixels = refusal<{ mostMegapixels: number }>(
  "image.too_many_pixels",
  "invalid",
  ({ mostMegapixels }) => `The picture has more than ${mostMegapixels} megapixels; send a smaller one.`,
);

export const imageTooSlow = refusal<{ seconds: number }>(
  "image.too_slow",
  "invalid",
  ({ seconds }) => `The picture could not be decoded in ${seconds} seconds; send a simpler one.`,
);

export const imagesTooMany = refusal<{ most: number }>(
  "image.too_many",
  "conflict",
  ({ most }) => `A product has ${most} images at most; delete one first.`,
);

export const imagesTooManyAtOnce = refusal<{ most: number }>(
  "image.too_many_at_once",
  "unavailable",
  ({ most }) => `This process takes in ${most} images at once, and has as many; try again.`,
);
