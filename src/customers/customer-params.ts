import { Type } from "typebox";

const defaultLimit = 20;
const mostLimit = 100;
const longestCursor = 64; // A UUID as base64url has 48.

export const CustomerParams = Type.Object({
  id: Type.String({ description: "The billing identity's UUID.", examples: ["019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f"] }),
});

/** How every list of customers is paged. */
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

export const PageQuery = Type.Object(pageMembers, { additionalProperties: false });
