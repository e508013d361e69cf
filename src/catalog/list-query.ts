import { Type } from "typebox";

const defaultLimit = 20;
const mostLimit = 100;
const longestCursor = 64;

/** How the lists of the catalogue are paged. */
export const pageMembers = {
  limit: Type.Integer({
    minimum: 1,
    maximum: mostLimit,
    default: defaultLimit,
    description: "How many at most.",
    examples: [20],
  }),
  cursor: Type.Optional(Type.String({ maxLength: longestCursor, description: "The `next_cursor` of a page." })),
};

const longestName = 100;

/** How a product is named in an address. */
export const productMember = {
  id: Type.String({
    maxLength: longestName,
    description: "The product's UUID or its key.",
    examples: ["sencha-100g"],
  }),
};
