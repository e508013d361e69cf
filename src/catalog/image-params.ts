import { Type } from "typebox";

const longestName = 100;

/** How a product is named in an address. */
export const ImageListParams = Type.Object({
  id: Type.String({ maxLength: longestName, description: "The product's UUID or its key.", examples: ["sencha"] }),
});

export const ImageParams = Type.Object({
  ...ImageListParams.properties,
  image_id: Type.String({ maxLength: longestName, description: "The image's UUID." }),
});
