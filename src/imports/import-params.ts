import { Type } from "typebox";

/** By which an import is named in a path. */
export const ImportParams = Type.Object({
  id: Type.String({
    maxLength: 64,
    description: "The import's UUID.",
    examples: ["019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f"],
  }),
});
