import type { Sql, Tx } from "../platform/db.ts";
import { translationNotFound } from "./catalog-errors.ts";
import { getProduct, holdProduct } from "./find-products.ts";
import { canonicalLanguage, type Translation } from "./translation.ts";
import { findTranslationRow, listTranslations } from "./translation-queries.ts";

/** More languages than any shop speaks. */
export const mostTranslations = 100;

/** A product's words in one language. */
export interface TranslationNamed {
  /** The product's UUID or key. */
  readonly product: string;
  readonly language: string;
}

/**
 * A product's words in all languages, in the order of their tags.
 * @throws product.not_found
 */
export async function findTranslations(sql: Sql, product: string): Promise<Translation[]> {
  const { productId } = await getProduct(sql, product);
  return listTranslations(sql, { productId, limit: mostTranslations });
}

/**
 * A product's words in exactly this language.
 * @throws product.not_found, translation.not_found
 */
export async function getTranslation(sql: Sql, { product, language }: TranslationNamed): Promise<Translation> {
  const { productId } = await getProduct(sql, product);
  const translation = await findTranslationOf(sql, productId, language);
  if (!translation) throw translationNotFound({ language });
  return translation;
}

/** The words of a product that is known, in a language as somebody writes it. */
export async function findTranslationOf(
  sql: Sql,
  productId: string,
  language: string,
): Promise<Translation | undefined> {
  const canonical = canonicalLanguage(language);
  return canonical === undefined ? undefined : findTranslationRow(sql, { productId, language: canonical });
}

/**
 * As `holdTranslation`; undefined where the product has no words.
 * @throws product.not_found
 */
export async function holdTranslationIfAny(
  tx: Tx,
  { product, language }: TranslationNamed,
): Promise<Translation | undefined> {
  const { productId } = await holdProduct(tx, product);
  return findTranslationOf(tx, productId, language);
}

/**
 * A product's words in exactly this language, and the right to change them until the transaction ends.
 *
 * Locks the product.
 * @throws product.not_found, translation.not_found
 */
export async function holdTranslation(tx: Tx, named: TranslationNamed): Promise<Translation> {
  const translation = await holdTranslationIfAny(tx, named);
  if (!translation) throw translationNotFound({ language: named.language });
  return translation;
}
