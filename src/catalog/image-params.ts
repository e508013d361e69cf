import { Type } from "typebox";
import { productMember } from "./list-query.ts";

const longestId = 64;

export const ImageListParams = Type.Object(productMember);

export const ImageParams = Type.Object({
  ...productMember,
  image_id: Type.String({
    maxLength: longestId,
    description: "The image's UUID.",
    examples: ["019ab3c0-7001-7abc-8def-0123456789ab"],
  }),
});
