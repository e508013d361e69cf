import { type Static, Type } from "typebox";
import { type ProductFields, productKeyPattern } from "./product.ts";

const longestSku = 100;
const longestWord = 64;
/** Tax codes and providers stand in lists and files of other programs. */
const wordPattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$";

const members = {
  key: Type.String({
    pattern: productKeyPattern,
    description: "Names the product in addresses: letters, digits and `. _ ~ -`; no UUID.",
    examples: ["sencha-100g"],
  }),
  sku: Type.String({
    minLength: 1,
    maxLength: longestSku,
    pattern: "^\\S(.*\\S)?$",
    description: "The stock keeping unit.",
    examples: ["TEA-SENCHA-100"],
  }),
  provider_id: Type.String({
    maxLength: longestWord,
    pattern: wordPattern,
    description: "Who makes or ships it; `own` is the merchant.",
    examples: ["own"],
  }),
  tax_code: Type.String({
    maxLength: longestWord,
    pattern: wordPattern,
    description: "By which tax rates know what is sold.",
    examples: ["food"],
  }),
  shippable: Type.Boolean({ description: "Goods that are sent.", examples: [true] }),
  consumable: Type.Boolean({ description: "Food and drink that is handed over at a counter.", examples: [false] }),
  active: Type.Boolean({ description: "Whether it is sold.", examples: [true] }),
};

const example = { key: "sencha-100g", sku: "TEA-SENCHA-100", tax_code: "food", shippable: true };

/** A product as it is taken in. */
export const ProductDraft = Type.Object(
  {
    key: members.key,
    sku: Type.Optional({ ...members.sku, description: "The stock keeping unit; the key when left out." }),
    provider_id: Type.Optional({ ...members.provider_id, default: "own" }),
    tax_code: members.tax_code,
    shippable: Type.Optional({ ...members.shippable, default: false }),
    consumable: Type.Optional({ ...members.consumable, default: false }),
    active: Type.Optional({ ...members.active, default: true }),
  },
  { additionalProperties: false, title: "ProductDraft", examples: [example] },
);
export type ProductDraft = Static<typeof ProductDraft>;

/** What shall be otherwise of a product. */
export const ProductChange = Type.Partial(Type.Object(members), {
  additionalProperties: false,
  minProperties: 1,
  title: "ProductChange",
  examples: [{ active: true }],
});
export type ProductChange = Static<typeof ProductChange>;

/** A product that is described by a draft. */
export function readProductDraft(draft: ProductDraft): ProductFields {
  return {
    key: draft.key,
    sku: draft.sku ?? draft.key,
    providerId: draft.provider_id ?? "own",
    taxCode: draft.tax_code,
    shippable: draft.shippable ?? false,
    consumable: draft.consumable ?? false,
    active: draft.active ?? true,
  };
}

/** The members that a change names. */
export function readProductChange({ provider_id, tax_code, ...rest }: ProductChange): Partial<ProductFields> {
  return {
    ...rest,
    ...(provider_id === undefined ? {} : { providerId: provider_id }),
    ...(tax_code === undefined ? {} : { taxCode: tax_code }),
  };
}
