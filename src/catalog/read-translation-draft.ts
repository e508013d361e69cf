import { type Static, Type } from "typebox";
import { descriptorPattern, longestDescriptor, type Translation } from "./translation.ts";

const longestName = 200;
const longestLine = 500;
const longestDescription = 10_000;

/** A product's words in one language, as they are taken in. */
export const TranslationDraft = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: longestName, pattern: "\\S", examples: ["煎茶 100g"] }),
    checkout_description: Type.String({
      maxLength: longestLine,
      default: "",
      description: "A line for the cart and the checkout.",
      examples: ["宇治の一番茶"],
    }),
    description: Type.String({
      maxLength: longestDescription,
      default: "",
      description: "Plain text; lines may be broken.",
      examples: ["宇治の茶園で春に摘んだ一番茶です。"],
    }),
    statement_descriptor: Type.String({
      maxLength: longestDescriptor,
      pattern: descriptorPattern,
      default: "",
      description: "What the bank prints beside the amount: ASCII, without `< > \\ ' \" *`.",
      examples: ["ORDERWELL TEA"],
    }),
  },
  { additionalProperties: false, title: "TranslationDraft" },
);
export type TranslationDraft = Static<typeof TranslationDraft>;

export function readTranslationDraft(draft: TranslationDraft): Omit<Translation, "language"> {
  return {
    name: draft.name,
    checkoutDescription: draft.checkout_description,
    description: draft.description,
    statementDescriptor: draft.statement_descriptor,
  };
}
