import type { ThumbnailFormat } from "./image.ts";

/** A picture in a smaller width. */
export interface MadeThumbnail {
  readonly width: number;
  readonly format: ThumbnailFormat;
  readonly content: Buffer;
}

/** What was made of an upload: nothing of its bytes is left, only what they look like. */
export interface MadePicture {
  readonly width: number;
  readonly height: number;
  /** WebP. */
  readonly whole: Buffer;
  readonly thumbnails: readonly MadeThumbnail[];
}

/** The port to whatever decodes pictures. */
export interface PictureMaker {
  /**
   * Decodes bytes that claim to be a picture and makes what is served of it. Refuses with `image.not_a_picture`,
   * `image.damaged`, `image.too_many_pixels`, `image.too_slow`, `image.too_many_at_once`.
   */
  make(content: Buffer): Promise<MadePicture>;
}
