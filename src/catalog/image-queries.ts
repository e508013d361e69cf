import { change, many, maybeOne, one, type Sql, type Tx } from "../platform/db.ts";
import type { ProductImage } from "./image.ts";

const columns = `image_id, product_id, title, sort_order, media_type, bytes, width, height, content_hash,
         thumbnail_widths, created_at`;

/** How many images a product has, and the place behind the last of them. */
export const countImages = one<Sql, { productId: string }, { count: number; nextOrder: number }>(
  "catalog.count_images",
  `
  select count(*)::int as count, coalesce(max(sort_order) + 1, 0) as next_order
    from catalog.product_images
   where product_id = :productId::uuid`,
);

/** The images of a product, the primary one first. */
export const listImages = many<Sql, { productId: string; limit: number }, ProductImage>(
  "catalog.list_images",
  `
  select ${columns}
    from catalog.product_images
   where product_id = :productId::uuid
   order by sort_order, image_id
   limit :limit`,
);

export const findImage = maybeOne<Sql, { imageId: string }, ProductImage>(
  "catalog.find_image",
  `
  select ${columns}
    from catalog.product_images
   where image_id = :imageId::uuid`,
);

/** Holds the image until the transaction ends; its product is held already. */
export const lockImage = maybeOne<Tx, { imageId: string; productId: string }, ProductImage>(
  "catalog.lock_image",
  `
  select ${columns}
    from catalog.product_images
   where image_id = :imageId::uuid and product_id = :productId::uuid
     for update`,
);

export const findImageOfContent = maybeOne<Sql, { productId: string; contentHash: string }, ProductImage>(
  "catalog.find_image_of_content",
  `
  select ${columns}
    from catalog.product_images
   where product_id = :productId::uuid and content_hash = :contentHash`,
);

/** Which of these images there are. */
export const findKnownImages = many<Sql, { imageIds: readonly string[] }, { imageId: string }>(
  "catalog.find_known_images",
  `
  select image_id
    from catalog.product_images
   where image_id = any(:imageIds::uuid[])`,
);

type Row = { readonly [Name in keyof Omit<ProductImage, "createdAt">]: ProductImage[Name] } & { readonly now: Date };

export const insertImage = change<Tx, Row>(
  "catalog.insert_image",
  `
  insert into catalog.product_images (${columns})
  values (:imageId::uuid, :productId::uuid, :title, :sortOrder, :mediaType, :bytes, :width, :height, :contentHash,
          :thumbnailWidths::int[], :now)`,
);

export const setImage = change<Tx, { imageId: string; title: string; sortOrder: number }>(
  "catalog.set_image",
  `
  update catalog.product_images
     set title = :title, sort_order = :sortOrder
   where image_id = :imageId::uuid`,
);

export const deleteImageRow = change<Tx, { imageId: string }>(
  "catalog.delete_image",
  "delete from catalog.product_images where image_id = :imageId::uuid",
);
