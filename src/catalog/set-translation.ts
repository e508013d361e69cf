import { type Doer, recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import type { Fault } from "../platform/errors.ts";
import { translationInvalid, translationsTooMany } from "./catalog-errors.ts";
import { differencesOf } from "./difference.ts";
import { holdProduct } from "./find-products.ts";
import { findTranslationOf, mostTranslations, type TranslationNamed } from "./find-translations.ts";
import { canonicalLanguage, descriptorLimits, isPrintable, type Translation } from "./translation.ts";
import { countTranslations, setTranslationRow } from "./translation-queries.ts";

export interface SetTranslation extends TranslationNamed {
  readonly words: Omit<Translation, "language">;
  readonly by: Doer;
}

/**
 * Says a product's words in one language, in place of what was said in it before, and keeps in the audit who did so.
 *
 * Locks the product. The same words again change nothing.
 * @throws product.not_found, translation.invalid, translation.too_many
 */
export async function setTranslation(
  tx: Tx,
  { product, language: named, words, by }: SetTranslation,
  now: Date,
): Promise<{ translation: Translation; isNew: boolean }> {
  const { productId } = await holdProduct(tx, product);
  const language = readLanguage(named, words);
  const translation = { language, ...words };
  const before = await findTranslationOf(tx, productId, language);
  const isNew = before === undefined;
  const changed = Object.keys(before ? differencesOf(before, translation) : words);
  if (changed.length === 0) return { translation, isNew };
  if (isNew) await assertRoom(tx, productId);
  await setTranslationRow(tx, { ...translation, productId });
  // Which words there are now anybody can read; they are long, and kept once.
  const detail = { language, changed };
  await recordAction(tx, { by, action: "translation.set", subject: `product/${productId}`, detail }, now);
  return { translation, isNew };
}

/** @throws translation.too_many */
async function assertRoom(tx: Tx, productId: string): Promise<void> {
  const { count } = await countTranslations(tx, { productId });
  if (count >= mostTranslations) throw translationsTooMany({ most: mostTranslations });
}

/** @throws translation.invalid */
function readLanguage(named: string, { statementDescriptor }: SetTranslation["words"]): string {
  const language = canonicalLanguage(named);
  const faults: Fault[] = [];
  if (language === undefined) faults.push({ pointer: "/language", detail: `"${named}" is no language tag of BCP 47.` });
  if (!isPrintable(statementDescriptor)) faults.push({ pointer: "/statement_descriptor", detail: descriptorLimits });
  if (language === undefined || faults.length > 0) throw translationInvalid({}, { faults });
  return language;
}
