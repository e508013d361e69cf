import { differencesOf } from "./difference.ts";
import type { ProductImage } from "./image.ts";
import { outcomeOf, type SetupPlan, type WantedProduct } from "./setup-plan.ts";

/** The pictures of a product are those of the file, in its order: a picture that was drawn anew takes the old one's place. */
export function planImages(plan: SetupPlan, { key, images }: WantedProduct, before: readonly ProductImage[]): void {
  if (images === undefined) return;
  const open = new Map(before.map((image) => [image.contentHash, image]));
  for (const [sortOrder, picture] of images.entries()) {
    const { contentHash, title, path } = picture;
    const step = { what: "image", product: key, name: path } as const;
    const found = open.get(contentHash);
    open.delete(contentHash);
    if (!found) {
      plan.newImages.push({ key, picture, sortOrder });
      plan.steps.push({ ...step, outcome: "created", changes: {} });
      continue;
    }
    const after = { ...found, title, sortOrder };
    const changes = differencesOf(found, after);
    plan.steps.push({ ...step, ...outcomeOf(changes) });
    if (Object.keys(changes).length > 0) plan.images.push(after);
  }
  for (const { imageId, title } of open.values()) {
    plan.goneImages.push(imageId);
    plan.steps.push({ what: "image", product: key, name: title || imageId, outcome: "removed", changes: {} });
  }
}
