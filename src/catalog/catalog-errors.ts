import { refusal } from "../platform/errors.ts";

type Nothing = Record<string, never>;

export const productNotFound = refusal<{ product: string }>(
  "product.not_found",
  "not-found",
  ({ product }) => `There is no product ${product}.`,
);

export const productInvalid = refusal<Nothing>(
  "product.invalid",
  "invalid",
  () => "The product cannot be as it is asked for.",
);

export const productKeyTaken = refusal<{ key: string }>(
  "product.key_taken",
  "conflict",
  ({ key }) => `Another product has the key ${key}.`,
);

export const productSkuTaken = refusal<{ sku: string }>(
  "product.sku_taken",
  "conflict",
  ({ sku }) => `Another product has the SKU ${sku}.`,
);

export const priceNotFound = refusal<{ price: string }>(
  "price.not_found",
  "not-found",
  ({ price }) => `The product has no price ${price}.`,
);

export const priceInvalid = refusal<Nothing>(
  "price.invalid",
  "invalid",
  () => "The price cannot be as it is asked for.",
);

export const pricesTooMany = refusal<{ most: number }>(
  "price.too_many",
  "conflict",
  ({ most }) => `One product has ${most} prices at most.`,
);

export const translationNotFound = refusal<{ language: string }>(
  "translation.not_found",
  "not-found",
  ({ language }) => `The product has no words in ${language}.`,
);

export const translationInvalid = refusal<Nothing>(
  "translation.invalid",
  "invalid",
  () => "The translation cannot be as it is asked for.",
);

export const translationsTooMany = refusal<{ most: number }>(
  "translation.too_many",
  "conflict",
  ({ most }) => `One product is described in ${most} languages at most.`,
);
