import { type Doer, recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { translationNotFound } from "./catalog-errors.ts";
import { holdProduct } from "./find-products.ts";
import { findTranslationOf, type TranslationNamed } from "./find-translations.ts";
import { deleteTranslationRow } from "./translation-queries.ts";

/**
 * Takes a product's words in one language away and keeps in the audit who did so.
 *
 * Locks the product.
 * @throws product.not_found, translation.not_found
 */
export async function deleteTranslation(
  tx: Tx,
  { product, language: named, by }: TranslationNamed & { by: Doer },
  now: Date,
): Promise<void> {
  const { productId } = await holdProduct(tx, product);
  const translation = await findTranslationOf(tx, productId, named);
  if (!translation) throw translationNotFound({ language: named });
  const { language } = translation;
  await deleteTranslationRow(tx, { productId, language });
  const detail = { language };
  await recordAction(tx, { by, action: "translation.deleted", subject: `product/${productId}`, detail }, now);
}
